#include "optimize/origins.h"

#include <algorithm>

namespace lockstep::optimize {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::TensorId;

const Node* Origins::Of(TensorId id, const char* op) {
  const Node* node = ProducerOf(graph_, uses_, id);
  if (node == nullptr || node->op != op || node->activation.kind != graph::ActivationKind::kNone) return nullptr;
  if (std::find(found_.begin(), found_.end(), node) == found_.end()) found_.push_back(node);
  return node;
}

std::vector<const Node*> Origins::Found() const {
  std::vector<const Node*> nodes = found_;
  std::sort(nodes.begin(), nodes.end());
  return nodes;
}

int64_t FirstOfLastAxes(const Graph& graph, const Node& mean) {
  const std::vector<int64_t> axes = mean.Ints("axes", {});
  if (axes.empty() || mean.Int("keepdims", 1) == 0) return -1;
  const auto rank = static_cast<int64_t>(graph.tensor(mean.inputs[0]).shape.size());
  const int64_t first = rank - static_cast<int64_t>(axes.size());
  return axes.at(0) == first ? first : -1;
}

TensorId Squared(const Graph& graph, Origins& origins, TensorId id) {
  const Node* power = origins.Of(id, "Pow");
  double exponent = 0.0;
  if (power != nullptr) {
    return IsUniform(graph, power->inputs[1], &exponent) && exponent == 2.0 ? power->inputs[0] : kNoTensor;
  }
  const Node* product = origins.Of(id, "Mul");
  return product != nullptr && product->inputs[0] == product->inputs[1] ? product->inputs[0] : kNoTensor;
}

Quotient QuotientOf(const Graph& graph, Origins& origins, const Node& last) {
  if (last.op == "Div") return {last.inputs[0], last.inputs[1]};
  if (last.op != "Mul") return {};
  for (const size_t side : {size_t{0}, size_t{1}}) {
    const size_t mark = origins.Mark();
    const Node* reciprocal = origins.Of(last.inputs[side], "Reciprocal");
    if (reciprocal != nullptr) return {last.inputs[1 - side], reciprocal->inputs[0]};
    const Node* quotient = origins.Of(last.inputs[side], "Div");
    double one = 0.0;
    if (quotient != nullptr && IsUniform(graph, quotient->inputs[0], &one) && one == 1.0) {
      return {last.inputs[1 - side], quotient->inputs[1]};
    }
    origins.Forget(mark);
  }
  return {};
}

}  // namespace lockstep::optimize
