#include "sensitivity/rounded_weights.h"

#include <algorithm>
#include <utility>

#include "quantize/channel_order.h"
#include "quantize/operator_classes.h"

namespace lockstep::sensitivity {
namespace {

using quantize::QuantizedGraph;

// Of what integer layers read: the format itself, or that of the integers which are made of a float tensor.
const quantize::TensorFormat* FindLevels(const QuantizedGraph& quantized, graph::TensorId id) {
  const auto read = quantized.reads.find(id);
  const auto format = quantized.formats.find(id);
  const quantize::TensorFormat* found = read != quantized.reads.end()       ? &read->second
                                        : format != quantized.formats.end() ? &format->second
                                                                            : nullptr;
  return found != nullptr && found->has_levels() ? found : nullptr;
}

// The scale of the channel that each element belongs to.
std::vector<double> ScalesOfElements(const quantize::QuantizedWeights& weights, const graph::Node& node,
                                     const graph::Shape& shape) {
  std::vector<double> scales(weights.values.size(), weights.scales()[0]);
  if (weights.format.axis < 0) return scales;
  const quantize::ChannelOrder order = quantize::OrderByChannel(node, shape);
  for (size_t row = 0; row < scales.size(); ++row) {
    scales[order.places[row]] = weights.scales()[row / order.per_channel()];
  }
  return scales;
}

}  // namespace

const quantize::QuantizedWeights* WeightsOf(const QuantizedGraph& quantized, const graph::Node& node) {
  const int operand = quantize::TraitsOf(node).weights;
  if (operand < 0) return nullptr;
  const auto found = quantized.weights.find({node.name, static_cast<size_t>(operand)});
  return found == quantized.weights.end() ? nullptr : &found->second;
}

void RoundWeights(const QuantizedGraph& quantized, const graph::Node& node, graph::Graph& graph, graph::Node& copy) {
  const quantize::QuantizedWeights* weights = WeightsOf(quantized, node);
  if (weights == nullptr) return;
  const ops::QuantizationTraits& traits = quantize::TraitsOf(node);
  const auto operand = static_cast<size_t>(traits.weights);
  graph::Tensor rounded = graph.tensor(copy.inputs[operand]);
  rounded.name = graph.UniqueName(node.name + "_weights");
  const std::vector<double> scales = ScalesOfElements(*weights, node, rounded.shape);
  for (size_t i = 0; i < scales.size(); ++i) {
    rounded.constant->floats[i] = static_cast<float>(scales[i] * weights->values[i]);
  }
  copy.inputs[operand] = graph.AddTensor(std::move(rounded));
  const quantize::TensorFormat* x = FindLevels(quantized, node.inputs[0]);
  if (weights->bias.empty() || x == nullptr) return;
  const std::vector<double> x_scales = quantize::InputScales(*x, weights->bias.size());
  graph::Tensor bias;
  bias.name = graph.UniqueName(node.name + "_bias");
  bias.shape = {static_cast<int64_t>(weights->bias.size())};
  bias.constant.emplace();
  for (size_t i = 0; i < weights->bias.size(); ++i) {
    const double scale = weights->scales()[weights->scales().size() == 1 ? 0 : i];
    bias.constant->floats.push_back(static_cast<float>(x_scales[i] * scale * static_cast<double>(weights->bias[i])));
  }
  const auto place = static_cast<size_t>(traits.bias);
  copy.inputs.resize(std::max(copy.inputs.size(), place + 1), graph::kNoTensor);
  copy.inputs[place] = graph.AddTensor(std::move(bias));
}

}  // namespace lockstep::sensitivity
