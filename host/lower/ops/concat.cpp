#include <algorithm>

#include "lower/ops/emitters.h"

namespace lockstep::lower {

void EmitConcat(LowerContext& context) {
  const graph::Node& node = context.node();
  const Axes& axes = context.OutputAxes();
  const bool is_float = context.IsFloat(node.outputs[0]);
  const int64_t axis = node.Int("axis", 0);
  joint::ConcatT concat;
  concat.axis = static_cast<int32_t>(std::find(axes.begin(), axes.end(), axis) - axes.begin());
  std::vector<int32_t> inputs;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    Value x = context.Operand(i);
    if (is_float) {
      inputs.push_back(x.tensor);
      continue;
    }
    const AffineParams y = context.OutputParams();
    // Only the limits of the type are kept behind a multiplier.
    if (!(x.params == y) && y.bits != 8 && y.bits != 16) x = context.Rescale(x, y);
    const FixedMultiplier fixed = x.params == y ? FixedMultiplier{} : ToFixed(x.params.scale / y.scale);
    concat.multiplier.push_back(fixed.m);
    concat.shift.push_back(static_cast<int8_t>(fixed.s));
    inputs.push_back(x.tensor);
  }
  const Value result = is_float ? context.AddFloatOutput() : context.AddOutput(context.OutputParams());
  context.AddLayer(std::move(concat), inputs, result.tensor);
  context.Define(result);
}

}  // namespace lockstep::lower
