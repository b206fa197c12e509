#include <algorithm>

#include "optimize/channel_affine.h"
#include "optimize/graph_edit.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::Node;
using graph::TensorId;

bool Rewrite(Graph& graph, const graph::Uses& uses, size_t index) {
  Node& node = graph.nodes[index];
  const auto from_conv = [&](TensorId id) {
    const Node* maker = ProducerOf(graph, uses, id);
    return maker != nullptr && maker->op == "Conv" && maker->activation.kind == graph::ActivationKind::kNone &&
           OnlyConsumer(uses, id) == static_cast<int32_t>(index);
  };
  if (std::none_of(node.inputs.begin(), node.inputs.end(), from_conv)) return false;
  const auto affine = AffineOf(graph, node);
  if (!affine || !from_conv(affine->input)) return false;
  Node* conv = ProducerOf(graph, uses, affine->input);
  const bool biased = conv->inputs.size() > 2 && conv->inputs[2] != graph::kNoTensor;
  if (!IsConstant(graph, conv->inputs[1]) || (biased && !IsConstant(graph, conv->inputs[2]))) return false;

  const TensorId w = conv->inputs[1];
  const graph::Shape shape = graph.tensor(w).shape;
  const std::string weights_name = graph.tensor(w).name;
  std::vector<float> weights = graph.tensor(w).constant->floats;
  const auto channels = static_cast<size_t>(shape[0]);
  std::vector<float> bias(channels, 0.0F);
  if (biased) bias = graph.tensor(conv->inputs[2]).constant->floats;
  const size_t per_channel = weights.size() / channels;
  for (size_t c = 0; c < channels; ++c) {
    for (size_t i = 0; i < per_channel; ++i) {
      float& weight = weights[c * per_channel + i];
      weight = static_cast<float>(weight * affine->scale[c]);
    }
    bias[c] = static_cast<float>(bias[c] * affine->scale[c] + affine->offset[c]);
  }
  const TensorId new_weights = AddFloats(graph, weights_name + "_folded", shape, std::move(weights));
  const TensorId new_bias = AddFloats(graph, conv->name + "_bias", {shape[0]}, std::move(bias));
  conv->inputs = {conv->inputs[0], new_weights, new_bias};
  conv->outputs = {node.outputs[0]};
  InheritNodes(*conv, node);
  Retire(node);
  return true;
}

}  // namespace

int FoldAffineIntoConv(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
