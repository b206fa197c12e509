// An operator of the format as the runtime knows it: the check of an untrusted layer, the prepare step that all its
// kernels share, and the kernels (variants).
//
// Variants never decide shapes or sizes of memory, so they cannot disagree about them. The executor splits [0, units)
// into one contiguous range per thread and calls a kernel for each; the result must not depend on the split.
#pragma once

#include <cstddef>
#include <cstdint>

#include "lockstep/cpu.h"
#include "ops/layer_args.h"

namespace lockstep::check {

class LayerCheck;
enum class Verdict : bool;

}  // namespace lockstep::check

namespace lockstep::kernels {

// What a layer needs of a session. Memory is aligned to 64 bytes.
struct Prepared {
  int64_t units = 1;           // independent pieces of work, at least 1
  uint64_t scratch_bytes = 0;  // per thread, of one run of the layer; a large model may ask for more than there is
  uint64_t state_bytes = 0;    // as long as the session lives, written by `setup` alone
};

// Refuses a layer that the kernels cannot trust. Its tensors, and how many outputs it has, are checked already.
using CheckFunction = check::Verdict(check::LayerCheck& layer);
using PrepareFunction = Prepared(const LayerArgs& args);
// Fills the layer's state when a session is made: tables unpacked once, not in every run.
using SetupFunction = void(const LayerArgs& args, uint8_t* state);
// Runs [begin, end) of the units. scratch is this thread's own.
using RunFunction = void(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch);
using AcceptFunction = bool(const LayerArgs& args);

// Which layers a kernel is for, where an operator has kernels for integers and others for floats.
enum class Form : uint8_t { kAny, kInteger, kFloat };

// A layer of floats alone: contract f1. One that converts is none.
inline Form FormOf(joint::DType first_input, joint::DType first_output) {
  return first_input == joint::DType::F32 && first_output == joint::DType::F32 ? Form::kFloat : Form::kInteger;
}
inline Form FormOf(const LayerArgs& args) { return FormOf(args.inputs[0].dtype, args.outputs[0].dtype); }

struct Kernel {
  // Grammar: docs/adding-a-kernel.md, for instance "conv_u8s8_avx512vnni". In place: an address takes up to 32 bytes of
  // a library, which may be loaded anywhere.
  char name[34];
  Isa isa;
  Form form;
  RunFunction* run;         // nullptr: this runtime was built without it
  AcceptFunction* accepts;  // nullptr: every valid layer of the form
};

// A kernel's name is its function's.
#define LOCKSTEP_KERNEL(function, isa, accepts) \
  { #function, isa, Form::kAny, function, accepts }
#define LOCKSTEP_INTEGER_KERNEL(function, isa, accepts) \
  { #function, isa, Form::kInteger, function, accepts }
// A runtime for models without layers of floats has none of their kernels: CMake defines this as 0 for it.
#ifndef LOCKSTEP_FLOAT_LAYERS
#define LOCKSTEP_FLOAT_LAYERS 1
#endif
inline constexpr bool kFloatLayers = LOCKSTEP_FLOAT_LAYERS != 0;
#define LOCKSTEP_FLOAT_KERNEL(function, isa, accepts) \
  { #function, isa, Form::kFloat, kFloatLayers ? function : nullptr, accepts }

// Contract f1 keeps subnormal numbers, which ARMv7's NEON flushes.
#if defined(LOCKSTEP_KERNELS_NEON) && defined(__aarch64__)
#define LOCKSTEP_FLOAT_KERNELS_NEON
#endif

// Which activations of an operator may have one scale for each channel, the last axis. Levels mean other numbers then,
// but kernels compute the same: multipliers and tables per channel account for it.
enum class ChannelScales : uint8_t { kNone, kOutput, kInputAndOutput };

// A row of the tables of operators (operator_table.h); each stands in its operator's folder.
struct Operator {
  joint::Options type;
  int32_t outputs;  // of every layer of this operator
  CheckFunction* check;
  PrepareFunction* prepare;
  SetupFunction* setup;   // nullptr: its layers have no state
  const Kernel* kernels;  // fastest first; the last of each form is portable and takes every valid layer of it
  size_t kernel_count;
  uint32_t version = 1;       // the highest Layer.version that check and kernels understand
  int32_t packed_input = -1;  // the one input that may be a packed constant
  // What may lie within another tensor's memory, its rows a pitch apart: so many of the first inputs, and all outputs.
  int32_t strided_inputs = 0;
  bool strided_outputs = false;
  ChannelScales channel_scales = ChannelScales::kNone;
};

// Whether the operator has kernels that this runtime was built without.
constexpr bool LacksFloats(const Operator& op) {
  for (size_t i = 0; i < op.kernel_count; ++i) {
    if (!kFloatLayers && op.kernels[i].form == Form::kFloat) return true;
  }
  return false;
}

// Whether the last kernel for the form is portable and takes every valid layer of it.
constexpr bool IsCovered(const Operator& op, Form form) {
  bool covered = false;
  for (size_t i = 0; i < op.kernel_count; ++i) {
    const Kernel& kernel = op.kernels[i];
    if (kernel.form != form && kernel.form != Form::kAny) continue;
    covered = kernel.isa == Isa::kPortable && kernel.accepts == nullptr;
  }
  return covered;
}

// The rule for a row; the table refuses to compile with one that breaks it.
constexpr bool IsComplete(const Operator& op) {
  if (op.outputs < 1 || op.outputs > kMaxOutputs || op.check == nullptr || op.prepare == nullptr) return false;
  if (op.version < 1) return false;
  if (op.kernels == nullptr || op.kernel_count == 0) return false;
  for (size_t i = 0; i < op.kernel_count; ++i) {
    if (op.kernels[i].run == nullptr && (kFloatLayers || op.kernels[i].form != Form::kFloat)) return false;
  }
  return IsCovered(op, Form::kInteger) && IsCovered(op, Form::kFloat);
}

}  // namespace lockstep::kernels
