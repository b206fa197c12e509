#include <algorithm>

#include "optimize/constant_value.h"

namespace lockstep::optimize {

double Value::Number(int64_t index) const {
  const auto at = static_cast<size_t>(index);
  return is_float() ? static_cast<double>(data.floats.at(at)) : static_cast<double>(data.ints.at(at));
}

std::optional<std::vector<Value>> EvaluateConstant(const graph::Graph& graph, const graph::Node& node,
                                                   const ValueInputs& inputs) {
  int64_t given = 0;
  for (const Value* input : inputs) given += input == nullptr ? 0 : input->count();
  int64_t made = 0;
  for (const graph::TensorId id : node.outputs) {
    if (id == graph::kNoTensor) continue;
    if (!graph::IsKnown(graph.tensor(id).shape)) return std::nullopt;
    made += graph::ElementCount(graph.tensor(id).shape);
  }
  if (made > std::max(kLargestFolded, 2 * given)) return std::nullopt;
  if (node.outputs.empty() || node.outputs[0] == graph::kNoTensor) return std::nullopt;
  if (node.activation.kind != graph::ActivationKind::kNone) return std::nullopt;
  if (auto results = EvaluateLayout(graph, node, inputs)) return results;
  if (auto results = EvaluateElementwise(graph, node, inputs)) return results;
  return EvaluateReduction(graph, node, inputs);
}

}  // namespace lockstep::optimize
