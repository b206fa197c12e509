#include <cmath>

#include "optimize/graph_edit.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::TensorId;

bool IsPlain(const Node* node) { return node != nullptr && node->activation.kind == graph::ActivationKind::kNone; }

bool IsConstantOrNone(const Graph& graph, const Node& node, size_t input) {
  return node.inputs.size() <= input || node.inputs[input] == kNoTensor || IsConstant(graph, node.inputs[input]);
}

// The convolution whose elements `id` holds, moved by views that nothing else reads; or one of a MatMul's factors. Null
// if there is none.
Node* ConvolutionBehind(Graph& graph, const graph::Uses& uses, TensorId id) {
  while (OnlyConsumer(uses, id) >= 0) {
    Node* maker = ProducerOf(graph, uses, id);
    if (!IsPlain(maker)) return nullptr;
    if (maker->op == "Conv" || maker->op == "ConvTranspose") {
      const bool constant = IsConstant(graph, maker->inputs[1]) && IsConstantOrNone(graph, *maker, 2);
      return constant ? maker : nullptr;
    }
    if (maker->op == "MatMul") {
      Node* first = ConvolutionBehind(graph, uses, maker->inputs[0]);
      return first != nullptr ? first : ConvolutionBehind(graph, uses, maker->inputs[1]);
    }
    if (!IsReshape(maker->op) && maker->op != "Transpose") return nullptr;
    id = maker->inputs[0];
  }
  return nullptr;
}

// A constant times a number; kNoTensor if that is too large for a float.
TensorId Scaled(Graph& graph, TensorId constant, double by) {
  const graph::Tensor& tensor = graph.tensor(constant);
  std::vector<float> values = tensor.constant.value().floats;
  for (float& value : values) {
    const bool finite = std::isfinite(value);
    value = static_cast<float>(value * by);
    if (finite && !std::isfinite(value)) return kNoTensor;
  }
  return AddFloats(graph, tensor.name + "_scaled", graph::Shape(tensor.shape), std::move(values));
}

bool Rewrite(Graph& graph, const graph::Uses& uses, size_t index) {
  Node& node = graph.nodes[index];
  if (node.op != "Mul" || !IsPlain(&node) || node.inputs.size() != 2) return false;
  double number = 0.0;
  const size_t side = IsUniform(graph, node.inputs[1], &number) ? 1 : 0;
  if (!IsUniform(graph, node.inputs[side], &number) || !std::isfinite(number)) return false;
  const TensorId x = node.inputs[1 - side];
  if (x == kNoTensor || graph.tensor(x).shape != graph.tensor(node.outputs[0]).shape) return false;
  Node* conv = ConvolutionBehind(graph, uses, x);
  // A Conv right in front takes any Mul (FoldAffineIntoConv).
  if (conv == nullptr || conv->outputs[0] == x) return false;
  const TensorId weights = Scaled(graph, conv->inputs[1], number);
  const bool biased = conv->inputs.size() > 2 && conv->inputs[2] != kNoTensor;
  const TensorId bias = biased && weights != kNoTensor ? Scaled(graph, conv->inputs[2], number) : kNoTensor;
  if (weights == kNoTensor || (biased && bias == kNoTensor)) return false;
  conv->inputs[1] = weights;
  if (biased) conv->inputs[2] = bias;
  Node* last = ProducerOf(graph, uses, x);
  last->outputs = {node.outputs[0]};
  InheritNodes(*last, node);
  Retire(node);
  return true;
}

}  // namespace

int FoldScale(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
