// The table of all operators by their number in the format's union, as two libraries see it: what checks a model has
// the checks alone, what runs one has kernels too.
#pragma once

#include <cstddef>

#include "ops/operator.h"

namespace lockstep::kernels {

// One row for each member of joint::Options, row i of number i; NONE has no kernels and no functions.
inline constexpr size_t kOperatorCount = static_cast<size_t>(joint::Options::MAX) + 1;

// What runs an operator's layers, as Operator has it.
struct OperatorRun {
  PrepareFunction* prepare;
  SetupFunction* setup;
  const Kernel* kernels;
  size_t kernel_count;
};
const OperatorRun& OperatorOf(joint::Options type);

// Defined with the checks: needs no kernel to link.
struct OperatorCheck {
  CheckFunction* check;  // nullptr: this runtime was built without the operator
  uint8_t outputs;
  uint8_t version;
  int8_t packed_input;
  int8_t strided_inputs;
  bool strided_outputs;
  ChannelScales channel_scales;
  bool lacks_floats;  // this runtime was built without the operator's layers of floats
};
OperatorCheck CheckOf(joint::Options type);

// The first kernel of the operator that this CPU can run (features within `allowed`) and that accepts the layer.
// nullptr only if the operator is missing.
const Kernel* SelectKernel(const LayerArgs& args, IsaSet allowed);

bool Accepts(const Kernel& kernel, const LayerArgs& args);

}  // namespace lockstep::kernels
