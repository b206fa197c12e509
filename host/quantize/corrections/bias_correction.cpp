#include "quantize/corrections/bias_correction.h"

#include <algorithm>
#include <cmath>

#include "quantize/channel_order.h"
#include "quantize/operator_classes.h"
#include "quantize/weights.h"

namespace lockstep::quantize {
namespace {

bool IsCorrectable(const QuantizedGraph& quantized, const graph::Node& node) {
  const ops::QuantizationTraits& traits = TraitsOf(node);
  return traits.weights_input_axis >= 0 &&
         quantized.weights.count({node.name, static_cast<size_t>(traits.weights)}) != 0;
}

// The largest absolute value that the node's accumulators are made into.
double LargestOutput(const QuantizedGraph& quantized, const graph::Node& node) {
  const graph::TensorId id = NeedsTable(node.activation) ? node.pre_activation : node.outputs[0];
  const TensorFormat& format = ReadFormat(quantized, id);
  if (!format.is_affine()) return 0.0;
  const AffineParams params = format.affine();
  return params.scale * std::max(params.zero_point, params.high() - params.zero_point);
}

}  // namespace

std::vector<BiasShift> ShiftBiases(QuantizedGraph& quantized,
                                   const std::map<graph::TensorId, std::vector<double>>& input_errors) {
  std::vector<BiasShift> shifts;
  for (const graph::Node& node : quantized.graph.nodes) {
    const auto errors = input_errors.find(node.inputs[0]);
    if (errors == input_errors.end() || !IsCorrectable(quantized, node)) continue;
    const TensorFormat& input = ReadFormat(quantized, node.inputs[0]);
    if (!input.is_affine()) continue;
    const auto operand = static_cast<size_t>(TraitsOf(node).weights);
    QuantizedWeights& weights = quantized.weights.at({node.name, operand});
    const ChannelOrder order = OrderByChannel(node, quantized.graph.tensor(node.inputs[operand]).shape);
    const double limit = BiasLimit(weights.format.bits, input.bits);
    BiasShift shift{node.name, 0.0};
    bool changed = false;
    for (size_t channel = 0; channel < order.channels; ++channel) {
      double error = 0.0;  // in units of the weights
      for (size_t i = 0; i < order.per_channel(); ++i) {
        const size_t row = channel * order.per_channel() + i;
        error += weights.values[order.places[row]] * errors->second[order.input_places[row]];
      }
      const double before = static_cast<double>(weights.bias[channel]);
      const double after = std::clamp(before - std::round(error / input.scales[0]), -limit, limit);
      changed = changed || after != before;
      weights.bias[channel] = static_cast<int64_t>(after);
      const double scale = weights.scales()[weights.scales().size() == 1 ? 0 : channel];
      shift.largest = std::max(shift.largest, std::abs(error * scale));
    }
    const double largest_output = LargestOutput(quantized, node);
    if (largest_output > 0.0) shift.largest /= largest_output;
    if (changed) shifts.push_back(shift);
  }
  return shifts;
}

}  // namespace lockstep::quantize
