#include <algorithm>

#include "lower/ops/emitters.h"
#include "ops/op.h"

namespace lockstep::lower {
namespace {

Value Floats(LowerContext& context, size_t input) {
  return context.IsConstant(input) ? context.FloatOperand(input) : context.FloatInput(input);
}

}  // namespace

void EmitNonMaxSuppression(LowerContext& context) {
  const graph::Node& node = context.node();
  const Value boxes = Floats(context, 0);
  const Value scores = Floats(context, 1);
  const auto number = [&](size_t input) { return ops::HasInput(node, input) ? context.Floats(input)[0] : 0.0F; };
  joint::NonMaxSuppressionT options;
  options.most = static_cast<int32_t>(std::min(context.graph().Ints(node.inputs[2])[0], boxes.shape[1]));
  options.center = node.Int("center_point_box", 0) != 0;
  options.max_overlap = number(3);
  options.min_score = number(4);
  options.any_score = !ops::HasInput(node, 4);
  const Value result = context.AddOutput(TensorFormat::Indices());
  context.AddLayer(options, {boxes.tensor, scores.tensor}, result.tensor);
  context.Define(result);
}

}  // namespace lockstep::lower
