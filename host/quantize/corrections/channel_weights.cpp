#include "quantize/corrections/channel_weights.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "graph/constants.h"
#include "ops/op.h"
#include "quantize/channel_order.h"
#include "quantize/operator_classes.h"

namespace lockstep::quantize {
namespace {

// Nearly all of a normalised value is within so many deviations.
constexpr double kDeviations = 4.0;

bool IsVector(const graph::Graph& graph, graph::TensorId id, int64_t count) {
  return graph::IsConstant(graph, id) && graph.tensor(id).shape == graph::Shape{count};
}

// Of each weight the channel that it is multiplied with.
std::vector<size_t> InputChannels(const graph::Node& node, const graph::Shape& shape, const ChannelOrder& order) {
  std::vector<size_t> inputs(order.places.size());
  const bool along_first = TraitsOf(node).weights_input_axis < 0;  // ConvTranspose
  const size_t per_input = inputs.size() / static_cast<size_t>(shape[0]);
  for (size_t row = 0; row < inputs.size(); ++row) {
    const size_t at = order.places[row];
    inputs[at] = along_first ? at / per_input : order.input_places[row];
  }
  return inputs;
}

std::vector<std::vector<size_t>> GroupBy(const std::vector<size_t>& channels) {
  std::vector<std::vector<size_t>> groups(channels.empty() ? 0
                                                           : 1 + *std::max_element(channels.begin(), channels.end()));
  for (size_t at = 0; at < channels.size(); ++at) groups[channels[at]].push_back(at);
  return groups;
}

void SetOwn(graph::Graph& graph, graph::Node& node, size_t operand, const std::vector<double>& values) {
  const graph::TensorId old = node.inputs[operand];
  const std::string stem = graph.tensor(old).name + "/scaled";
  const graph::Shape shape = graph.tensor(old).shape;
  node.inputs[operand] = graph::AddFloats(graph, stem, shape, {values.begin(), values.end()});
}

}  // namespace

bool HasChannelWeights(const graph::Graph& graph, const graph::Node& node) {
  const ops::QuantizationTraits& traits = TraitsOf(node);
  if (!SumsProducts(node) || traits.weights < 0) return false;
  if (!graph::IsConstant(graph, node.inputs[static_cast<size_t>(traits.weights)])) return false;
  const auto bias = static_cast<size_t>(traits.bias);
  return !ops::HasInput(node, bias) || graph::IsConstant(graph, node.inputs[bias]);
}

bool HasChannelGains(const graph::Graph& graph, const graph::Node& node) {
  if (node.op != "LayerNormalization") return false;
  const graph::Shape& shape = graph.tensor(node.outputs[0]).shape;
  if (node.Int("axis", -1) != static_cast<int64_t>(shape.size()) - 1) return false;
  return IsVector(graph, node.inputs[1], shape.back()) &&
         (!ops::HasInput(node, 2) || IsVector(graph, node.inputs[2], shape.back()));
}

ChannelWeights::ChannelWeights(const graph::Graph& graph, const graph::Node& node) {
  gains_ = node.op == "LayerNormalization";
  operand_ = gains_ ? 1 : static_cast<size_t>(TraitsOf(node).weights);
  bias_operand_ = gains_ ? 2 : static_cast<size_t>(TraitsOf(node).bias);
  const graph::Tensor& weights = graph.tensor(node.inputs[operand_]);
  weights_.assign(weights.constant->floats.begin(), weights.constant->floats.end());
  if (ops::HasInput(node, bias_operand_)) {
    const std::vector<float>& bias = graph.tensor(node.inputs[bias_operand_]).constant->floats;
    bias_.assign(bias.begin(), bias.end());
  }
  output_of_.resize(weights_.size());
  if (gains_) {
    for (size_t i = 0; i < output_of_.size(); ++i) output_of_[i] = i;
  } else {
    const ChannelOrder order = OrderByChannel(node, weights.shape);
    for (size_t row = 0; row < order.places.size(); ++row) output_of_[order.places[row]] = row / order.per_channel();
    by_input_ = GroupBy(InputChannels(node, weights.shape, order));
  }
  by_output_ = GroupBy(output_of_);
}

double ChannelWeights::LargestOfOutput(size_t channel) const {
  double largest = 0.0;
  for (const size_t at : by_output_[channel]) largest = std::max(largest, std::abs(weights_[at]));
  if (gains_) largest = kDeviations * largest + (bias_.empty() ? 0.0 : std::abs(bias_[channel]));
  return largest;
}

double ChannelWeights::LargestOfInput(size_t channel) const {
  double largest = 0.0;
  for (const size_t at : by_input_[channel]) largest = std::max(largest, std::abs(weights_[at]));
  return largest;
}

void ChannelWeights::DivideOutput(size_t channel, double factor) {
  for (const size_t at : by_output_[channel]) weights_[at] /= factor;
  if (!bias_.empty()) bias_[channel] /= factor;
}

void ChannelWeights::MultiplyInput(size_t channel, double factor) {
  for (const size_t at : by_input_[channel]) weights_[at] *= factor;
}

void ChannelWeights::Store(graph::Graph& graph, graph::Node& node) const {
  SetOwn(graph, node, operand_, weights_);
  if (!bias_.empty()) SetOwn(graph, node, bias_operand_, bias_);
}

}  // namespace lockstep::quantize
