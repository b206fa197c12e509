#include <algorithm>

#include "optimize/constant_value.h"

namespace lockstep::optimize {

double Value::Number(int64_t index) const {
  const auto at = static_cast<size_t>(index);
  return is_float() ? static_cast<double>(data.floats.at(at)) : static_cast<double>(data.ints.at(at));
}

std::optional<std::vector<Value>> EvaluateConstant(const graph::Graph& graph, const graph::Node& node,
                                                   const ValueInputs& inputs) {
  int64_t total = 0;
  for (const graph::TensorId id : node.outputs) {
    if (id == graph::kNoTensor) continue;
    const graph::Shape& shape = graph.tensor(id).shape;
    if (!graph::IsKnown(shape) || graph::ElementCount(shape) > kLargestFolded) return std::nullopt;
    total += graph::ElementCount(shape);
  }
  if (total > kLargestFolded || node.outputs.empty() || node.outputs[0] == graph::kNoTensor) return std::nullopt;
  if (node.activation.kind != graph::ActivationKind::kNone) return std::nullopt;
  if (auto made = EvaluateLayout(graph, node, inputs)) return made;
  if (auto made = EvaluateElementwise(graph, node, inputs)) return made;
  return EvaluateReduction(graph, node, inputs);
}

}  // namespace lockstep::optimize
