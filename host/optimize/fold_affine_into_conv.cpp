#include <algorithm>
#include <cmath>

#include "optimize/channel_affine.h"
#include "optimize/given_scales.h"
#include "optimize/graph_edit.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::Node;
using graph::TensorId;

// Of a Conv (output channels in front) or ConvTranspose (input channels, then the output channels of a group).
size_t OutputChannels(const Node& conv, const graph::Shape& weights) {
  return static_cast<size_t>(conv.op == "Conv" ? weights[0] : weights[1] * conv.Int("group", 1));
}

// `plane`: the weights between one input and one output channel, in their order.
size_t OutputChannelOf(const Node& conv, const graph::Shape& weights, int64_t plane) {
  const int64_t first = plane / weights[1];
  if (conv.op == "Conv") return static_cast<size_t>(first);
  const int64_t group = first / (weights[0] / conv.Int("group", 1));
  return static_cast<size_t>(group * weights[1] + plane % weights[1]);
}

bool AllFinite(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
}

bool Rewrite(Graph& graph, const graph::Uses& uses, size_t index) {
  Node& node = graph.nodes[index];
  const auto from_conv = [&](TensorId id) {
    const Node* maker = ProducerOf(graph, uses, id);
    return maker != nullptr && (maker->op == "Conv" || maker->op == "ConvTranspose") &&
           maker->activation.kind == graph::ActivationKind::kNone &&
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
  if (weights.empty()) return false;
  const size_t channels = OutputChannels(*conv, shape);
  std::vector<float> bias(channels, 0.0F);
  if (biased) bias = graph.tensor(conv->inputs[2]).constant->floats;
  const bool finite = AllFinite(weights) && AllFinite(bias);
  const int64_t planes = shape[0] * shape[1];
  const auto taps = static_cast<int64_t>(weights.size()) / planes;
  for (int64_t plane = 0; plane < planes; ++plane) {
    const double scale = affine->scale[OutputChannelOf(*conv, shape, plane)];
    for (int64_t i = plane * taps; i < (plane + 1) * taps; ++i) {
      float& weight = weights[static_cast<size_t>(i)];
      weight = static_cast<float>(weight * scale);
    }
  }
  for (size_t c = 0; c < channels; ++c) {
    bias[c] = static_cast<float>(bias[c] * affine->scale[c] + affine->offset[c]);
  }
  // What the node makes infinite is said of it, not of the convolution.
  if (finite && !(AllFinite(weights) && AllFinite(bias))) return false;
  const bool one_axis = conv->op == "Conv" || conv->Int("group", 1) == 1;  // the output channels have it
  auto scales = one_axis ? ScalesTimes(graph.tensor(w), conv->op == "Conv" ? 0 : 1, affine->scale) : std::nullopt;
  const TensorId new_weights = AddFloats(graph, weights_name + "_folded", shape, std::move(weights));
  graph.tensor(new_weights).given_scales = std::move(scales);
  const TensorId new_bias = AddFloats(graph, conv->name + "_bias", {static_cast<int64_t>(channels)}, std::move(bias));
  conv->inputs = {conv->inputs[0], new_weights, new_bias};
  conv->outputs = {node.outputs[0]};
  InheritNodes(*conv, node);
  Retire(node);
  return true;
}

}  // namespace

int FoldAffineIntoConv(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
