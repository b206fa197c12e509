#include "quantize/weight_operands.h"

#include "graph/error.h"
#include "ops/op.h"
#include "quantize/channel_order.h"
#include "quantize/operator_classes.h"

namespace lockstep::quantize {
namespace {

const graph::Tensor* ConstantInput(const graph::Graph& graph, const graph::Node& node, int operand) {
  if (operand < 0 || !ops::HasInput(node, static_cast<size_t>(operand))) return nullptr;
  const graph::Tensor& tensor = graph.tensor(node.inputs[static_cast<size_t>(operand)]);
  if (!tensor.constant) {
    throw UnsupportedModel("node " + node.name + " (" + node.op + "): weights and bias must be constant");
  }
  return &tensor;
}

bool SuitChannels(const graph::GivenScales& given, int axis, const WeightRows& rows) {
  if (rows.bits != kByteBits) return false;
  return given.values.size() == 1 || (given.axis == axis && given.values.size() == rows.channels);
}

QuantizedWeights QuantizeOperand(const graph::Graph& graph, size_t place, const ActivationParams& params,
                                 const WeightOptions& options, std::vector<std::string>& notes) {
  const graph::Node& node = graph.nodes[place];
  const ops::QuantizationTraits& traits = TraitsOf(node);
  const graph::Tensor& weights = *ConstantInput(graph, node, traits.weights);
  const graph::Tensor* bias = ConstantInput(graph, node, traits.bias);
  const ChannelOrder order = OrderByChannel(node, weights.shape);
  std::vector<float> rows;
  rows.reserve(order.places.size());
  for (const size_t at : order.places) rows.push_back(weights.constant->floats[at]);

  WeightRows source;
  source.node = node.name;
  source.values = rows.data();
  source.channels = order.channels;
  source.per_channel = rows.size() / order.channels;
  source.bias = bias != nullptr ? bias->constant->floats.data() : nullptr;
  const auto levels = [&](graph::TensorId id) {
    const auto scales = options.channel_scales.find(id);
    const AffineParams& common = params.at(id);
    return scales == options.channel_scales.end() ? TensorFormat(common)
                                                  : TensorFormat::Channels(common, scales->second);
  };
  source.input_scales = InputScales(levels(node.inputs[0]), order.channels);
  source.output_scales = levels(NeedsTable(node.activation) ? node.pre_activation : node.outputs[0]).scales;
  source.bits = options.policy.For(place, &Choices::weight_bits).value_or(kByteBits);
  source.per_tensor = options.policy.For(place, &Choices::weights_per_tensor).value_or(options.per_tensor);
  source.input_bits = params.at(node.inputs[0]).bits;
  const bool suits = weights.given_scales && SuitChannels(*weights.given_scales, traits.weights_axis, source);
  if (suits) source.given_scales.assign(weights.given_scales->values.begin(), weights.given_scales->values.end());
  const auto means = options.means.find(node.inputs[0]);
  if (!suits && traits.weights_input_axis >= 0 && means != options.means.end()) {
    for (const size_t at : order.input_places) source.input_means.push_back(means->second.at(at));
  }
  QuantizedWeights result;
  result.range = options.policy.For(place, &Choices::weight_range).value_or(options.range);
  result.per_tensor = source.per_tensor;
  const QuantizedRows quantized = QuantizeWeights(source, result.range, options.threads, notes);
  result.format = TensorFormat::Weights(source.bits, quantized.scales, order.channels > 1 ? traits.weights_axis : -1);
  result.values.resize(rows.size());
  for (size_t row = 0; row < rows.size(); ++row) result.values[order.places[row]] = quantized.values[row];
  if (SumsProducts(node)) result.bias = quantized.bias;
  return result;
}

}  // namespace

std::set<graph::TensorId> CorrectableInputs(const graph::Graph& graph, const FloatNodes& floats) {
  std::set<graph::TensorId> inputs;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (TraitsOf(graph.nodes[i]).weights_input_axis < 0 || IsFloat(floats, i)) continue;
    inputs.insert(graph.nodes[i].inputs[0]);
  }
  return inputs;
}

std::map<OperandKey, QuantizedWeights> QuantizeWeightOperands(const graph::Graph& graph, const ActivationParams& params,
                                                              const WeightOptions& options,
                                                              std::vector<std::string>& notes) {
  std::map<OperandKey, QuantizedWeights> weights;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    const int operand = TraitsOf(node).weights;
    if (operand < 0 || IsFloat(options.policy.floats, i)) continue;
    weights[{node.name, static_cast<size_t>(operand)}] = QuantizeOperand(graph, i, params, options, notes);
  }
  return weights;
}

std::vector<double> WeightScales(const graph::Node& node, const graph::Shape& shape, const QuantizedWeights& weights) {
  const ChannelOrder order = OrderByChannel(node, shape);
  std::vector<double> scales(order.places.size());
  const size_t per_channel = order.places.size() / order.channels;
  for (size_t row = 0; row < order.places.size(); ++row) {
    scales[order.places[row]] = weights.scales()[row / per_channel];
  }
  return scales;
}

}  // namespace lockstep::quantize
