// What Add, Sub and Mul have in common.
#pragma once

#include "lower/lower_context.h"
#include "lower/ops/fused_activation.h"

namespace lockstep::lower {

struct Binary {
  Value a, b;
  Activated output;
  Value result;       // the layer's
  bool wide = false;  // an operand or the result has more than 8 bits
};

// Operands and output of the node's layer.
Binary DescribeBinary(LowerContext& context);

// Sum of `a` and `sign_b` * b.
void EmitSum(LowerContext& context, double sign_b);

template <typename Options>
void FinishBinary(LowerContext& context, const Binary& binary, Options options) {
  options.clamp_low = binary.output.low;
  options.clamp_high = binary.output.high;
  context.AddLayer(options, {binary.a.tensor, binary.b.tensor}, binary.result.tensor);
  context.Define(binary.output.clamped ? binary.result
                                       : ApplyTable(context, context.node().activation, binary.result, "/activation"));
}

}  // namespace lockstep::lower
