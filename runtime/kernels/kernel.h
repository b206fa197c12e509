// What the executor knows of a kernel, and a kernel of a layer.
//
// An operator has one `OperatorPlan` (the shared prepare step: work units, scratch size) and one or more kernels
// (variants). Variants never decide shapes or scratch sizes, so they cannot disagree about them. The executor splits
// [0, units) into one contiguous range per thread and calls `run` for each; the result must not depend on the split.
#pragma once

#include <cstddef>
#include <cstdint>

#include "joint_generated.h"
#include "lockstep/cpu.h"

namespace lockstep::kernels {

inline constexpr int kMaxRank = 6;
inline constexpr int kMaxInputs = 64;

// A tensor as a kernel sees it: checked at load, so no kernel checks again.
struct TensorView {
  uint8_t* data = nullptr;         // constants are never written
  const int32_t* shape = nullptr;  // physical order
  int32_t rank = 0;
  joint::DType dtype = joint::DType::U8;
  float scale = 0.0F;
  int32_t zero_point = 0;
  int64_t elements = 0;
  uint64_t bytes = 0;
};

struct LayerArgs {
  const joint::Layer* layer = nullptr;
  const TensorView* inputs = nullptr;
  int32_t input_count = 0;
  TensorView output;   // every operator of the format has one output
  TensorView weights;  // of Conv and DepthwiseConv; data == nullptr otherwise
};

struct OperatorPlan {
  int64_t units = 1;           // independent pieces of work, at least 1
  uint64_t scratch_bytes = 0;  // per thread, 64-byte aligned; a large model may ask for more than the memory addresses
};

// scratch is this thread's own; the range is [begin, end) of the plan's units.
using RunFunction = void (*)(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch);
using AcceptFunction = bool (*)(const LayerArgs& args);

struct Kernel {
  const char* name;  // grammar: docs/adding-a-kernel.md, for instance "conv_u8s8_avx512vnni"
  AcceptFunction accepts;
  RunFunction run;
  joint::Options op;
  Isa isa;
};

// All kernels of this build, fastest first within an operator; the portable one is last and accepts every valid layer.
const Kernel* KernelTable(size_t* count);

// The first kernel of the table that this CPU can run (features within `allowed`) and that accepts the layer.
// nullptr only if the operator is unknown.
const Kernel* SelectKernel(const LayerArgs& args, IsaSet allowed);

OperatorPlan PlanOperator(const LayerArgs& args);

}  // namespace lockstep::kernels
