#include <algorithm>

#include "ops/op_table.h"
#include "ops/value.h"
#include "optimize/graph_edit.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::Shape;
using graph::TensorId;
using Perm = std::vector<int64_t>;

bool IsFunction(const Node& node) {
  const ops::Op* op = ops::FindOp(node.op);
  return op != nullptr && (op->layout == ops::LayoutKind::kUnary || op->layout == ops::LayoutKind::kBinary);
}

bool CanGoInFront(const Node& node) { return node.op == "Transpose" || node.op == "Concat" || IsFunction(node); }

// The Transpose that makes `id`, if all that read it may take its input instead; else null.
const Node* TransposeOf(const Graph& graph, const graph::Uses& uses, TensorId id) {
  if (id == kNoTensor || uses.producer[static_cast<size_t>(id)] < 0) return nullptr;
  const Node& maker = graph.nodes[static_cast<size_t>(uses.producer[static_cast<size_t>(id)])];
  const auto& readers = uses.consumers[static_cast<size_t>(id)];
  const bool all = !uses.is_output[static_cast<size_t>(id)] &&
                   std::all_of(readers.begin(), readers.end(),
                               [&](int32_t reader) { return CanGoInFront(graph.nodes[static_cast<size_t>(reader)]); });
  return all && maker.op == "Transpose" && !maker.Ints("perm", {}).empty() ? &maker : nullptr;
}

// Whether moving the Transpose behind `node` brings anything together: what can be one layer, or two Transposes.
bool Helps(const Graph& graph, const graph::Uses& uses, const Node& transpose, const Node& node) {
  const int32_t maker = uses.producer[static_cast<size_t>(transpose.inputs[0])];
  if (maker >= 0) {
    const Node& before = graph.nodes[static_cast<size_t>(maker)];
    const bool only = uses.consumers[static_cast<size_t>(transpose.outputs[0])].size() == 1;
    if (IsFunction(before) || (only && (before.op == "Conv" || before.op == "ConvTranspose"))) return true;
  }
  const auto& readers = uses.consumers[static_cast<size_t>(node.outputs[0])];
  return !readers.empty() && std::all_of(readers.begin(), readers.end(), [&](int32_t reader) {
    return graph.nodes[static_cast<size_t>(reader)].op == "Transpose";
  });
}

// Two Transposes one behind the other, where the first stays for others, and stands for its ONNX nodes alone: if each
// of a chain named all in front of it, names would grow with the square of its length.
bool SkipTranspose(Graph& graph, const graph::Uses& uses, size_t index) {
  Node& node = graph.nodes[index];
  const Node* before = TransposeOf(graph, uses, node.inputs[0]);
  Perm perm = node.Ints("perm", {});
  if (before == nullptr || perm.empty() || OnlyConsumer(uses, node.inputs[0]) >= 0) return false;
  const Perm first = before->Ints("perm", {});
  for (int64_t& axis : perm) axis = first[static_cast<size_t>(axis)];
  node.attributes["perm"] = perm;
  node.inputs[0] = before->inputs[0];
  return true;
}

// What is said of every axis behind a Transpose, in the order in front of it.
std::vector<int64_t> Before(const std::vector<int64_t>& behind, const Perm& perm) {
  std::vector<int64_t> before(perm.size());
  for (size_t i = 0; i < perm.size(); ++i) before[static_cast<size_t>(perm[i])] = behind[i];
  return before;
}

// A constant that fits the transposed tensor, as it fits the one before the Transpose.
TensorId BeforeTranspose(Graph& graph, TensorId constant, const Perm& perm) {
  const graph::Tensor& tensor = graph.tensor(constant);
  if (graph::ElementCount(tensor.shape) == 1) return constant;
  Shape behind = tensor.shape;
  behind.insert(behind.begin(), perm.size() - behind.size(), 1);
  const Shape shape = Before(behind, perm);
  const std::vector<int64_t> strides = Before(ops::Strides(behind), perm);
  std::vector<float> values;
  for (int64_t flat = 0; flat < graph::ElementCount(shape); ++flat) {
    values.push_back(tensor.constant.value().floats[static_cast<size_t>(ops::Offset(flat, shape, strides))]);
  }
  return AddFloats(graph, tensor.name + "_turned", shape, std::move(values));
}

bool Rewrite(Graph& graph, const graph::Uses& uses, size_t index) {
  if (graph.nodes[index].op == "Transpose") return SkipTranspose(graph, uses, index);
  const Node& before = graph.nodes[index];
  const bool joins = before.op == "Concat";
  if ((!joins && !IsFunction(before)) || before.activation.kind != graph::ActivationKind::kNone) return false;
  const graph::Tensor& output = graph.tensor(before.outputs[0]);
  if (before.outputs.size() != 1 || output.type != graph::ElementType::kFloat || !graph::IsKnown(output.shape)) {
    return false;
  }
  Perm perm;
  bool helps = false;
  for (const TensorId id : before.inputs) {
    if (id == kNoTensor) continue;
    const Node* transpose = TransposeOf(graph, uses, id);
    if (transpose == nullptr) {
      const graph::Tensor& tensor = graph.tensor(id);
      if (joins || !IsConstant(graph, id) || tensor.type != graph::ElementType::kFloat) return false;
      continue;
    }
    const Perm one = transpose->Ints("perm", {});
    if (!perm.empty() && one != perm) return false;
    perm = one;
    helps = helps || Helps(graph, uses, *transpose, before);
  }
  if (!helps || perm.size() != output.shape.size()) return false;
  for (const TensorId id : before.inputs) {
    if (id != kNoTensor && graph.tensor(id).shape.size() > perm.size()) return false;
  }
  Node node = before;
  const TensorId result = node.outputs[0];
  Node moved;  // the ONNX nodes of all that meet in one Transpose
  for (TensorId& id : node.inputs) {
    if (id == kNoTensor) continue;
    if (const Node* transpose = TransposeOf(graph, uses, id)) {
      id = transpose->inputs[0];
      InheritNodes(moved, *transpose);
    } else {
      id = BeforeTranspose(graph, id, perm);
    }
  }
  if (joins) node.attributes["axis"] = perm[static_cast<size_t>(node.Int("axis", 0))];
  node.outputs = {
      NewTensor(graph, graph.tensor(result).name + "_before", result, Before(Shape(graph.tensor(result).shape), perm))};
  moved.name = node.name;
  graph.nodes.push_back(HelperNode(moved, "Transpose", "_turn", {node.outputs[0]}, result, {{"perm", perm}}));
  graph.nodes[index] = std::move(node);
  return true;
}

}  // namespace

int SinkTransposes(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
