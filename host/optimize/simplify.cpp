#include "optimize/graph_edit.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::Node;
using graph::TensorId;

bool DivToMul(Graph& graph, Node& node) {
  const TensorId divisor = node.inputs[1];
  if (!IsConstant(graph, divisor) || graph.tensor(divisor).type != graph::ElementType::kFloat) return false;
  const graph::Shape shape = graph.tensor(divisor).shape;
  std::vector<float> reciprocal;
  for (const float value : graph.tensor(divisor).constant->floats) {
    if (value == 0.0F) return false;
    reciprocal.push_back(static_cast<float>(1.0 / value));
  }
  node.op = "Mul";
  node.inputs[1] = AddFloats(graph, node.name + "_reciprocal", shape, std::move(reciprocal));
  return true;
}

bool PowToMul(const Graph& graph, Node& node) {
  double exponent = 0.0;
  if (!IsUniform(graph, node.inputs[1], &exponent) || exponent != 2.0) return false;
  if (graph.tensor(node.inputs[0]).shape != graph.tensor(node.outputs[0]).shape) return false;
  node.op = "Mul";
  node.inputs[1] = node.inputs[0];
  return true;
}

bool PreluToLeaky(const Graph& graph, Node& node) {
  double slope = 0.0;
  if (!IsUniform(graph, node.inputs[1], &slope)) return false;
  node.op = "LeakyRelu";
  node.inputs.resize(1);
  node.attributes = {{"alpha", static_cast<float>(slope)}};
  return true;
}

bool Rewrite(Graph& graph, const graph::Uses&, size_t index) {
  Node& node = graph.nodes[index];
  if (node.inputs.size() != 2 || node.inputs[0] == graph::kNoTensor) return false;
  if (node.op == "Div") return DivToMul(graph, node);
  if (node.op == "Pow") return PowToMul(graph, node);
  if (node.op == "PRelu") return PreluToLeaky(graph, node);
  return false;
}

}  // namespace

int Simplify(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
