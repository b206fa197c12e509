#include <optional>

#include "optimize/graph_edit.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::Shape;
using graph::TensorId;

// The axis of the weights' output channels.
size_t ChannelAxis(const Node& product, const Shape& weights) {
  return product.op == "ConvInteger" ? 0 : weights.size() - 1;
}

// Whether a constant has one entry, or one for each output channel where the product's output has them.
bool FitsChannels(const Graph& graph, const Node& product, TensorId constant, bool of_output) {
  if (!IsConstant(graph, constant)) return false;
  const Shape& shape = graph.tensor(constant).shape;
  const Shape& weights = graph.tensor(product.inputs[1]).shape;
  const int64_t count = graph::ElementCount(shape);
  if (count == 1) return true;
  if (count != weights[ChannelAxis(product, weights)]) return false;
  if (!of_output || product.op == "MatMulInteger") return shape.back() == count;
  const size_t spatial = weights.size() - 2;
  return shape.size() > spatial && shape[shape.size() - spatial - 1] == count;
}

// What a product of levels is multiplied with: the scale of its input's levels times a constant, kNoTensor for one
// alone.
struct Scale {
  bool found = false;
  TensorId of_weights = kNoTensor;
};

Scale ScaleOf(Graph& graph, const graph::Uses& uses, const Node& product, TensorId factor, TensorId scale) {
  if (factor == scale) return {true, kNoTensor};
  const Node* both = ProducerOf(graph, uses, factor);
  if (both == nullptr || both->op != "Mul") return {};
  for (const size_t side : {size_t{0}, size_t{1}}) {
    if (both->inputs[side] == scale && FitsChannels(graph, product, both->inputs[1 - side], true)) {
      return {true, both->inputs[1 - side]};
    }
  }
  return {};
}

std::vector<float> FloatWeights(const Graph& graph, const Node& product, TensorId scale) {
  const graph::Tensor& weights = graph.tensor(product.inputs[1]);
  const size_t axis = ChannelAxis(product, weights.shape);
  const int64_t inner =
      graph::ElementCount({weights.shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, weights.shape.end()});
  const bool shifted = product.inputs.size() > 3 && product.inputs[3] != kNoTensor;
  const std::vector<int64_t> zeros = shifted ? graph.tensor(product.inputs[3]).constant->ints : std::vector<int64_t>{0};
  const std::vector<float> scales =
      scale == kNoTensor ? std::vector<float>{1.0F} : graph.tensor(scale).constant->floats;
  std::vector<float> result;
  for (const int64_t level : weights.constant->ints) {
    const size_t channel = result.size() / static_cast<size_t>(inner) % static_cast<size_t>(weights.shape[axis]);
    const int64_t zero = zeros[zeros.size() == 1 ? 0 : channel];
    result.push_back(static_cast<float>(level - zero) * scales[scales.size() == 1 ? 0 : channel]);
  }
  return result;
}

// The node that alone reads what `before` makes, if it is an `op`.
Node* Behind(Graph& graph, const graph::Uses& uses, const Node& before, const char* op) {
  const int32_t index = OnlyConsumer(uses, before.outputs[0]);
  Node* node = index < 0 ? nullptr : &graph.nodes[static_cast<size_t>(index)];
  return node != nullptr && node->op == op && node->activation.kind == graph::ActivationKind::kNone ? node : nullptr;
}

bool Rewrite(Graph& graph, const graph::Uses& uses, size_t index) {
  Node& product = graph.nodes[index];
  if (product.op != "ConvInteger" && product.op != "MatMulInteger") return false;
  const Node* levels = ProducerOf(graph, uses, product.inputs[0]);
  if (levels == nullptr || levels->op != "DynamicQuantizeLinear" || levels->outputs.size() != 3 ||
      levels->outputs[0] != product.inputs[0] || product.inputs.size() < 3 || product.inputs[2] != levels->outputs[2]) {
    return false;
  }
  const bool shifted = product.inputs.size() > 3 && product.inputs[3] != kNoTensor;
  if (!IsConstant(graph, product.inputs[1]) || graph.tensor(product.inputs[1]).shape.size() < 2 ||
      (shifted && !FitsChannels(graph, product, product.inputs[3], false))) {
    return false;
  }
  Node* cast = Behind(graph, uses, product, "Cast");
  Node* scaled = cast == nullptr ? nullptr : Behind(graph, uses, *cast, "Mul");
  if (scaled == nullptr) return false;
  const TensorId factor = scaled->inputs[scaled->inputs[0] == cast->outputs[0] ? 1 : 0];
  const Scale scale = ScaleOf(graph, uses, product, factor, levels->outputs[1]);
  if (!scale.found || graph.tensor(scaled->outputs[0]).shape != graph.tensor(product.outputs[0]).shape) return false;
  Node made = product;
  made.op = product.op == "ConvInteger" ? "Conv" : "MatMul";
  const TensorId x = levels->inputs[0];
  made.outputs = scaled->outputs;
  InheritNodes(made, *cast);
  InheritNodes(made, *scaled);
  Retire(*cast);
  Retire(*scaled);
  made.inputs = {x, AddFloats(graph, made.name + "_weights", Shape(graph.tensor(product.inputs[1]).shape),
                              FloatWeights(graph, product, scale.of_weights))};
  graph.nodes[index] = std::move(made);
  return true;
}

}  // namespace

int UndoDynamicQuantization(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
