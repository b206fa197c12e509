#include <algorithm>

#include "lower/ops/emitters.h"

namespace lockstep::lower {

// A float output takes inputs of any format: integers are dequantised on the way, each with its own scale. A constant
// has the output's format.
void EmitConcat(LowerContext& context) {
  const graph::Node& node = context.node();
  const Axes& axes = context.OutputAxes();
  const bool is_float = context.IsFloatNode();
  const int64_t axis = node.Int("axis", 0);
  joint::ConcatT concat;
  concat.axis = static_cast<int32_t>(std::find(axes.begin(), axes.end(), axis) - axes.begin());
  std::vector<int32_t> inputs;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (is_float) {
      inputs.push_back(context.AnyOperand(i).tensor);
      continue;
    }
    const AffineParams y = context.OutputParams();
    const Value x = context.IsConstant(i) ? context.ConstantOperand(i, y) : context.Operand(i);
    const FixedMultiplier fixed = x.params() == y ? FixedMultiplier{} : ToFixed(x.params().scale / y.scale);
    concat.multiplier.push_back(fixed.m);
    concat.shift.push_back(static_cast<int8_t>(fixed.s));
    inputs.push_back(x.tensor);
  }
  const Value result = context.AddOutput(context.OutputFormat());
  context.AddLayer(std::move(concat), inputs, result.tensor);
  context.Define(result);
}

}  // namespace lockstep::lower
