#include "graph/constants.h"

#include <algorithm>

namespace lockstep::graph {

bool IsConstant(const Graph& graph, TensorId id) { return id != kNoTensor && graph.tensor(id).constant.has_value(); }

bool IsUniform(const Graph& graph, TensorId id, double* value) {
  if (!IsConstant(graph, id) || graph.tensor(id).type != ElementType::kFloat) return false;
  const std::vector<float>& values = graph.tensor(id).constant->floats;
  if (values.empty()) return false;
  *value = values[0];
  return std::all_of(values.begin(), values.end(), [&values](float x) { return x == values[0]; });
}

TensorId AddFloats(Graph& graph, const std::string& stem, const Shape& shape, std::vector<float> values) {
  return graph.AddTensor({graph.UniqueName(stem), ElementType::kFloat, shape, ConstantData{std::move(values), {}}});
}

TensorId AddInts(Graph& graph, const std::string& stem, const std::vector<int64_t>& values) {
  return graph.AddTensor(
      {graph.UniqueName(stem), ElementType::kInt64, {static_cast<int64_t>(values.size())}, ConstantData{{}, values}});
}

}  // namespace lockstep::graph
