#include "quantize/weights.h"

#include <algorithm>
#include <cmath>

#include "graph/counted.h"
#include "graph/error.h"
#include "quantize/tensor_format.h"

namespace lockstep::quantize {
namespace {

constexpr double kBiasLimit = 1 << 30;
constexpr double kWideBiasLimit = int64_t{1} << 46;
constexpr double kLeastRatio = 0x1p-30;
constexpr double kEmptyChannelSteps = 1024.0;
constexpr size_t kParallelWeights = 1 << 12;

double RoundWeight(double value, double highest) { return std::clamp(std::round(value), -highest, highest); }

struct Channel {
  double scale = 0.0;
  bool enlarged = false;
  int64_t bias = 0;
};

double BiasOf(const WeightRows& rows, size_t channel) { return rows.bias != nullptr ? rows.bias[channel] : 0.0; }

double BiasLimitOf(const WeightRows& rows) { return BiasLimit(rows.bits, rows.input_bits); }

// The least scale that the bias and the output allow.
double LeastScale(const WeightRows& rows, size_t channel, bool empty) {
  const double unit = rows.output_scale(channel) / rows.input_scale(channel);
  return std::max(std::abs(BiasOf(rows, channel)) / (rows.input_scale(channel) * BiasLimitOf(rows)),
                  empty ? unit / kEmptyChannelSteps : unit * kLeastRatio);
}

// One for all channels, 0 if all weights are zero.
double CommonScale(const WeightRows& rows, WeightRangeKind kind) {
  double scale = ChooseWeightScale(rows.values, rows.channels * rows.per_channel, kind, rows.bits);
  if (scale == 0.0) return scale;
  for (size_t channel = 0; channel < rows.channels; ++channel) {
    scale = std::max(scale, LeastScale(rows, channel, false));
  }
  return scale;
}

Channel QuantizeChannel(const WeightRows& rows, size_t channel, double chosen, int16_t* values) {
  const float* weights = rows.values + channel * rows.per_channel;
  const double bias = BiasOf(rows, channel);
  const double bias_limit = BiasLimitOf(rows);
  Channel result;
  const bool empty = chosen == 0.0;
  result.scale = std::max(chosen, LeastScale(rows, channel, empty));
  result.enlarged = !empty && result.scale > chosen;
  double correction = 0.0;
  for (size_t i = 0; i < rows.per_channel; ++i) {
    const double level = RoundWeight(weights[i] / result.scale, HighestWeight(rows.bits));
    values[i] = static_cast<int16_t>(level);
    if (!rows.input_means.empty()) {
      correction += (weights[i] - level * result.scale) * rows.input_means[channel * rows.per_channel + i];
    }
  }
  const double level = std::round((bias + correction) / (rows.input_scale(channel) * result.scale));
  result.bias = static_cast<int64_t>(std::clamp(level, -bias_limit, bias_limit));
  return result;
}

}  // namespace

double BiasLimit(int weight_bits, int input_bits) {
  return weight_bits > 8 || input_bits > 8 ? kWideBiasLimit : kBiasLimit;
}

QuantizedRows QuantizeWeights(const WeightRows& rows, WeightRangeKind kind, int threads,
                              std::vector<std::string>& notes) {
  QuantizedRows result;
  result.values.resize(rows.channels * rows.per_channel);
  result.scales.resize(rows.channels);
  result.bias.resize(rows.channels);
  std::vector<Channel> channels(rows.channels);
  const bool is_given = !rows.given_scales.empty();
  const double common = rows.per_tensor && !is_given ? CommonScale(rows, kind) : 0.0;
#pragma omp parallel for num_threads(threads) if (rows.channels * rows.per_channel >= kParallelWeights) schedule(static)
  for (size_t channel = 0; channel < rows.channels; ++channel) {
    const size_t first = channel * rows.per_channel;
    const double chosen = is_given          ? rows.given_scale(channel)
                          : rows.per_tensor ? common
                                            : ChooseWeightScale(rows.values + first, rows.per_channel, kind, rows.bits);
    channels[channel] = QuantizeChannel(rows, channel, chosen, result.values.data() + first);
  }
  size_t enlarged = 0;
  for (size_t channel = 0; channel < rows.channels; ++channel) {
    result.scales[channel] = channels[channel].scale;
    result.bias[channel] = channels[channel].bias;
    enlarged += channels[channel].enlarged ? 1 : 0;
  }
  if (enlarged > 0) {
    notes.push_back(rows.node + ": " + std::to_string(enlarged) + " of " +
                    graph::Counted(rows.channels, "output channel") + (enlarged == 1 ? " has" : " have") +
                    " weights too small for bias or output; the weight scale was enlarged");
  }
  return result;
}

}  // namespace lockstep::quantize
