#include <algorithm>

#include "lower/ops/emitters.h"

namespace lockstep::lower {

void EmitTopK(LowerContext& context) {
  const graph::Node& node = context.node();
  const Value x = context.FormattedInput(0);
  const auto axis = static_cast<uint8_t>(node.Int("axis", 0));
  joint::TopKT top_k;
  top_k.axis = static_cast<int32_t>(std::find(x.axes.begin(), x.axes.end(), axis) - x.axes.begin());
  top_k.largest = node.Int("largest", 1) != 0;
  const bool wanted = node.outputs.size() > 1;
  const std::string name = wanted ? context.OutputName(1) : context.OutputName(0) + "/indices";
  const Value values = context.draft().AddActivation(context.OutputName(0), context.OutputShape(0), x.axes, x.format);
  const Value indices = context.draft().AddActivation(name, context.OutputShape(0), x.axes, TensorFormat::Indices());
  context.AddLayer(top_k, {x.tensor}, {values.tensor, indices.tensor});
  context.Define(values, 0);
  if (wanted) context.Define(indices, 1);
}

}  // namespace lockstep::lower
