#include "lower/ops/emitters.h"
#include "lower/ops/slicing.h"

namespace lockstep::lower {

void EmitSplit(LowerContext& context) {
  const graph::Node& node = context.node();
  const Value x = context.FormattedInput(0);
  const auto axis = static_cast<size_t>(node.Int("axis", 0));
  const graph::Uses uses(context.graph());
  std::vector<int64_t> start(x.shape.size(), 0);
  const std::vector<int64_t> step(x.shape.size(), 1);
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    const graph::TensorId id = node.outputs[i];
    if (!uses.consumers[id].empty() || uses.is_output[id]) EmitPart(context, i, x, start, step);
    start[axis] += context.OutputShape(i).at(axis);
  }
}

}  // namespace lockstep::lower
