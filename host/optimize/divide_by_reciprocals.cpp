#include "graph/constants.h"
#include "optimize/graph_edit.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::Node;
using graph::TensorId;

bool Rewrite(Graph& graph, const graph::Uses&, size_t index) {
  const Node& node = graph.nodes[index];
  if (node.op != "Div" || node.activation.kind != graph::ActivationKind::kNone) return false;
  const TensorId divisor = node.inputs[1];
  if (graph.tensor(divisor).constant || graph.tensor(divisor).type != graph::ElementType::kFloat) return false;
  double dividend = 0.0;
  const bool one = graph::IsUniform(graph, node.inputs[0], &dividend) && dividend == 1.0 &&
                   graph.tensor(divisor).shape == graph.tensor(node.outputs[0]).shape;
  if (one) {
    graph.nodes[index].op = "Reciprocal";
    graph.nodes[index].inputs = {divisor};
    return true;
  }
  const TensorId inverse = AddLike(graph, graph.tensor(node.outputs[0]).name + "/reciprocal", divisor);
  Node reciprocal{"Reciprocal", node.name, {divisor}, {inverse}, {}, {}, graph::kNoTensor, node.onnx_nodes};
  graph.nodes[index].op = "Mul";
  graph.nodes[index].inputs[1] = inverse;
  InsertNode(graph, index, std::move(reciprocal));
  return true;
}

}  // namespace

int DivideByReciprocals(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
