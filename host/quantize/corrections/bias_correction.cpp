#include "quantize/corrections/bias_correction.h"

#include <algorithm>
#include <cmath>

#include "graph/error.h"
#include "quantize/channel_order.h"
#include "quantize/operator_classes.h"
#include "quantize/weights.h"

namespace lockstep::quantize {
namespace {

bool IsCorrectable(const QuantizedGraph& quantized, const graph::Node& node) {
  const ops::QuantizationTraits& traits = TraitsOf(node);
  return traits.weights_input_axis >= 0 &&
         quantized.weights.count({node.name, static_cast<size_t>(traits.weights)}) != 0 &&
         ReadFormat(quantized, node.inputs[0]).has_levels();
}

// The largest absolute value that the node's accumulators are made into.
double LargestOutput(const QuantizedGraph& quantized, const graph::Node& node) {
  const graph::TensorId id = NeedsTable(node.activation) ? node.pre_activation : node.outputs[0];
  const TensorFormat& format = ReadFormat(quantized, id);
  if (!format.has_levels()) return 0.0;
  const AffineParams params = format.coarsest();
  return params.scale * std::max(params.zero_point, params.high() - params.zero_point);
}

// The node's bias by channel, and what one of it stands for.
class Bias {
 public:
  Bias(const graph::Node& node, QuantizedGraph& quantized)
      : weights_(quantized.weights.at({node.name, static_cast<size_t>(TraitsOf(node).weights)})),
        input_scales_(InputScales(ReadFormat(quantized, node.inputs[0]), weights_.bias.size())),
        limit_(BiasLimit(weights_.format.bits, ReadFormat(quantized, node.inputs[0]).bits)) {}

  double UnitOf(size_t channel) const {
    return input_scales_[channel] * weights_.scales()[weights_.scales().size() == 1 ? 0 : channel];
  }
  double InputScale(size_t channel) const { return input_scales_[channel]; }
  // Returns what was taken after all.
  double Take(size_t channel, double units) {
    const auto before = static_cast<double>(weights_.bias[channel]);
    const double after = std::clamp(before - std::round(units), -limit_, limit_);
    weights_.bias[channel] = static_cast<int64_t>(after);
    return before - after;
  }
  const QuantizedWeights& weights() const { return weights_; }

 private:
  QuantizedWeights& weights_;
  const std::vector<double> input_scales_;
  const double limit_;
};

}  // namespace

std::vector<BiasShift> ShiftBiases(QuantizedGraph& quantized,
                                   const std::map<graph::TensorId, std::vector<double>>& input_errors) {
  std::vector<BiasShift> shifts;
  for (const graph::Node& node : quantized.graph.nodes) {
    const auto errors = input_errors.find(node.inputs[0]);
    if (errors == input_errors.end() || !IsCorrectable(quantized, node)) continue;
    const auto operand = static_cast<size_t>(TraitsOf(node).weights);
    const ChannelOrder order = OrderByChannel(node, quantized.graph.tensor(node.inputs[operand]).shape);
    Bias bias(node, quantized);
    BiasShift shift{node.name, 0.0, {}};
    bool changed = false;
    for (size_t channel = 0; channel < order.channels; ++channel) {
      double error = 0.0;  // in units of the weights
      for (size_t i = 0; i < order.per_channel(); ++i) {
        const size_t row = channel * order.per_channel() + i;
        error += bias.weights().values[order.places[row]] * errors->second[order.input_places[row]];
      }
      const double scale = bias.InputScale(channel);
      const double taken = bias.Take(channel, error / scale);
      changed = changed || taken != 0.0;
      shift.by_channel.push_back(taken * bias.UnitOf(channel));
      shift.largest = std::max(shift.largest, std::abs(error / scale * bias.UnitOf(channel)));
    }
    const double largest_output = LargestOutput(quantized, node);
    if (largest_output > 0.0) shift.largest /= largest_output;
    if (changed) shifts.push_back(std::move(shift));
  }
  return shifts;
}

void ShiftBiasesBy(QuantizedGraph& quantized, const std::map<std::string, std::vector<double>>& shifts,
                   const std::string& source) {
  for (const graph::Node& node : quantized.graph.nodes) {
    const auto found = shifts.find(node.name);
    if (found == shifts.end() || !IsCorrectable(quantized, node)) continue;
    Bias bias(node, quantized);
    if (found->second.size() != bias.weights().bias.size()) {
      throw UsageError(source + ": the bias shifts of node '" + node.name + "' are not those of its channels; " +
                       "calibrate again");
    }
    for (size_t channel = 0; channel < found->second.size(); ++channel) {
      bias.Take(channel, found->second[channel] / bias.UnitOf(channel));
    }
  }
}

}  // namespace lockstep::quantize
