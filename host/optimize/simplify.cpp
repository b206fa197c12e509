#include <cmath>

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
    reciprocal.push_back(static_cast<float>(1.0 / value));
    if (!std::isfinite(reciprocal.back())) return false;  // of 0, and of numbers that are nearly 0
  }
  node.op = "Mul";
  node.inputs[1] = AddFloats(graph, node.name + "_reciprocal", shape, std::move(reciprocal));
  return true;
}

bool PowToOther(const Graph& graph, Node& node) {
  const graph::Activation power = graph::ActivationOf(graph, node);
  if (power.kind != graph::ActivationKind::kPow) return false;
  if (power.alpha == 0.5 || power.alpha == -1.0) {
    node.op = power.alpha == 0.5 ? "Sqrt" : "Reciprocal";
    node.inputs.resize(1);
    return true;
  }
  if (power.alpha != 2.0) return false;
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

// From the left, as ONNX Runtime adds them.
bool SumToAdds(Graph& graph, size_t index) {
  const Node sum = graph.nodes[index];
  if (graph.tensor(sum.outputs[0]).type != graph::ElementType::kFloat) return false;
  const std::string name = graph.tensor(sum.outputs[0]).name;
  std::vector<Node> made;
  const auto add = [&](const char* op, std::vector<TensorId> inputs) {
    const TensorId output = graph.AddTensor(
        {graph.UniqueName(name + "/" + op), graph::ElementType::kFloat, graph::kUnknownShape, std::nullopt});
    made.push_back({op, sum.name, std::move(inputs), {output}, {}, {}, graph::kNoTensor, sum.onnx_nodes});
    return output;
  };
  TensorId total = sum.inputs[0];
  for (size_t i = 1; i < sum.inputs.size(); ++i) total = add("Add", {total, sum.inputs[i]});
  if (sum.op == "Mean" || made.empty()) {
    const auto share = 1.0F / static_cast<float>(sum.inputs.size());
    add("Mul", {total, AddFloats(graph, name + "/share", {}, {share})});
  }
  made.back().outputs = sum.outputs;
  graph.nodes[index] = std::move(made.back());
  made.pop_back();
  for (auto node = made.rbegin(); node != made.rend(); ++node) InsertNode(graph, index, std::move(*node));
  return true;
}

bool Rewrite(Graph& graph, const graph::Uses&, size_t index) {
  Node& node = graph.nodes[index];
  if (node.op == "Sum" || node.op == "Mean") return SumToAdds(graph, index);
  if (node.inputs.size() != 2 || node.inputs[0] == graph::kNoTensor) return false;
  if (node.op == "Div") return DivToMul(graph, node);
  if (node.op == "Pow") return PowToOther(graph, node);
  if (node.op == "PRelu") return PreluToLeaky(graph, node);
  return false;
}

}  // namespace

int Simplify(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
