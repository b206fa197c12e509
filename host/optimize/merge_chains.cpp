#include <cmath>
#include <limits>
#include <utility>

#include "optimize/graph_edit.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::TensorId;

bool MergeReshape(Graph& graph, Node& node, const Node& before) {
  const graph::Shape shape = graph.tensor(node.outputs[0]).shape;
  if (!graph::IsKnown(shape)) return false;
  const TensorId target = AddInts(graph, node.name + "_shape", shape);
  node.op = "Reshape";
  node.inputs = {before.inputs[0], target};
  node.attributes = {{"allowzero", int64_t{1}}};
  return true;
}

bool MergeTranspose(Node& node, const Node& before) {
  const std::vector<int64_t> first = before.Ints("perm", {});
  std::vector<int64_t> perm = node.Ints("perm", {});
  if (first.empty() || perm.size() != first.size()) return false;
  for (int64_t& axis : perm) axis = first[static_cast<size_t>(axis)];
  node.attributes["perm"] = perm;
  node.inputs[0] = before.inputs[0];
  return true;
}

// The input that is one number, kNoTensor if there is none; `data` becomes the other.
bool NumberOperand(const Graph& graph, const Node& node, double* number, TensorId* data) {
  if (node.inputs.size() != 2) return false;
  for (const size_t constant : {size_t{1}, size_t{0}}) {
    *data = node.inputs[1 - constant];
    if (!IsConstant(graph, *data) && IsUniform(graph, node.inputs[constant], number) &&
        graph.tensor(*data).shape == graph.tensor(node.outputs[0]).shape) {
      return true;
    }
  }
  return false;
}

bool MergeNumbers(Graph& graph, Node& node, const Node& before) {
  double first = 0.0;
  double second = 0.0;
  TensorId x = kNoTensor;
  TensorId middle = kNoTensor;
  if (!NumberOperand(graph, node, &second, &middle) || middle != before.outputs[0]) return false;
  if (!NumberOperand(graph, before, &first, &x)) return false;
  const double both = node.op == "Mul" ? first * second : first + second;
  // What overflows together is said of the node that it happens in; a product that is nearly 0 loses its digits.
  if (std::isfinite(first) && std::isfinite(second) && !std::isfinite(static_cast<float>(both))) return false;
  if (node.op == "Mul" && first != 0.0 && second != 0.0 && std::abs(both) < std::numeric_limits<float>::min()) {
    return false;
  }
  const TensorId number = AddFloats(graph, node.name + "_number", {}, {static_cast<float>(both)});
  node.inputs = {x, number};
  return true;
}

bool Rewrite(Graph& graph, const graph::Uses& uses, size_t index) {
  Node& node = graph.nodes[index];
  const bool sum = node.op == "Mul" || node.op == "Add";
  if (!sum && node.op != "Transpose" && !IsReshape(node.op)) return false;
  for (const TensorId id : node.inputs) {
    Node* before = ProducerOf(graph, uses, id);
    if (before == nullptr || before->activation.kind != graph::ActivationKind::kNone) continue;
    if (OnlyConsumer(uses, id) != static_cast<int32_t>(index)) continue;
    bool merged = false;
    if (sum) {
      merged = before->op == node.op && MergeNumbers(graph, node, *before);
    } else if (node.op == "Transpose") {
      merged = before->op == node.op && MergeTranspose(node, *before);
    } else {
      merged = IsReshape(before->op) && MergeReshape(graph, node, *before);
    }
    if (!merged) continue;
    std::vector<std::string> names = std::move(before->onnx_nodes);  // nothing else reads that node
    names.insert(names.end(), node.onnx_nodes.begin(), node.onnx_nodes.end());
    node.onnx_nodes = std::move(names);
    return true;
  }
  return false;
}

}  // namespace

int MergeChains(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
