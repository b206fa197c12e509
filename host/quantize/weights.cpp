#include "quantize/weights.h"

#include <algorithm>
#include <cmath>

#include "graph/error.h"
#include "quantize/tensor_format.h"

namespace lockstep::quantize {
namespace {

constexpr double kBiasLimit = 1 << 30;
constexpr double kWideBiasLimit = int64_t{1} << 46;
constexpr double kLeastRatio = 0x1p-30;
constexpr double kEmptyChannelSteps = 1024.0;
// A channel of few weights may be a table of small integers (a distribution's expectation: 0..15): every division of
// its largest weight that loses less than one bit is tried.
constexpr size_t kFewWeights = 64;
constexpr int kMostBitsTried = 8;
constexpr int kClippingSteps = 20;
constexpr double kClippingStep = 0.025;

constexpr size_t kParallelWeights = 1 << 12;

double RoundWeight(double value, double highest) { return std::clamp(std::round(value), -highest, highest); }

double SquaredError(const float* weights, size_t count, double scale, float highest) {
  // Rounds by adding and subtracting 1.5 * 2^23: std::round is a call, and this search is most of the stage's time.
  constexpr float kMagic = 12582912.0F;
  const auto step = static_cast<float>(scale);
  const auto per_step = static_cast<float>(1.0 / scale);
  float sum = 0.0F;
  for (size_t i = 0; i < count; ++i) {
    const float limited = std::min(std::max(weights[i] * per_step, -highest), highest);
    const float error = ((limited + kMagic) - kMagic) * step - weights[i];
    sum += error * error;
  }
  return sum;
}

double ChooseScale(const float* weights, size_t count, WeightRangeKind kind, int bits) {
  const int32_t highest = HighestWeight(bits);
  float largest = 0.0F;
  for (size_t i = 0; i < count; ++i) largest = std::max(largest, std::abs(weights[i]));
  double best = static_cast<double>(largest) / highest;
  if (kind == WeightRangeKind::kMax || best == 0.0) return best;
  const auto limit = static_cast<float>(highest);
  double least = SquaredError(weights, count, best, limit);
  const auto attempt = [&](double scale) {
    const double error = SquaredError(weights, count, scale, limit);
    if (error < least) {
      least = error;
      best = scale;
    }
  };
  if (count <= kFewWeights && bits <= kMostBitsTried) {
    for (int32_t levels = highest - 1; levels > highest / 2; --levels) attempt(largest / levels);
  }
  for (int step = 1; step <= kClippingSteps; ++step)
    attempt(static_cast<double>(largest) / highest * (1.0 - kClippingStep * step));
  return best;
}

struct Channel {
  double scale = 0.0;
  bool enlarged = false;
  int64_t bias = 0;
};

Channel QuantizeChannel(const WeightRows& rows, size_t channel, WeightRangeKind kind, int16_t* values) {
  const float* weights = rows.values + channel * rows.per_channel;
  const double bias = rows.bias != nullptr ? rows.bias[channel] : 0.0;
  Channel result;
  const double chosen = ChooseScale(weights, rows.per_channel, kind, rows.bits);
  const double bias_limit = rows.bits > 8 || rows.input_bits > 8 ? kWideBiasLimit : kBiasLimit;
  const bool empty = chosen == 0.0;
  const double unit = rows.output_scale / rows.input_scale;
  const double least = std::max(std::abs(bias) / (rows.input_scale * bias_limit),
                                empty ? unit / kEmptyChannelSteps : unit * kLeastRatio);
  result.scale = std::max(chosen, least);
  result.enlarged = !empty && result.scale > chosen;
  double correction = 0.0;
  for (size_t i = 0; i < rows.per_channel; ++i) {
    const double level = RoundWeight(weights[i] / result.scale, HighestWeight(rows.bits));
    values[i] = static_cast<int16_t>(level);
    if (!rows.input_means.empty()) {
      correction += (weights[i] - level * result.scale) * rows.input_means[channel * rows.per_channel + i];
    }
  }
  const double level = std::round((bias + correction) / (rows.input_scale * result.scale));
  result.bias = static_cast<int64_t>(std::clamp(level, -bias_limit, bias_limit));
  return result;
}

}  // namespace

WeightRangeKind ParseWeightRangeKind(const std::string& text) {
  if (text == "max") return WeightRangeKind::kMax;
  if (text == "mse") return WeightRangeKind::kMse;
  throw UsageError("weight range \"" + text + "\" is unknown; choose one of max, mse");
}

const char* ToText(WeightRangeKind kind) { return kind == WeightRangeKind::kMax ? "max" : "mse"; }

QuantizedRows QuantizeWeights(const WeightRows& rows, WeightRangeKind kind, int threads,
                              std::vector<std::string>& notes) {
  QuantizedRows result;
  result.values.resize(rows.channels * rows.per_channel);
  result.scales.resize(rows.channels);
  result.bias.resize(rows.channels);
  std::vector<Channel> channels(rows.channels);
#pragma omp parallel for num_threads(threads) if (rows.channels * rows.per_channel >= kParallelWeights) schedule(static)
  for (size_t channel = 0; channel < rows.channels; ++channel) {
    channels[channel] = QuantizeChannel(rows, channel, kind, result.values.data() + channel * rows.per_channel);
  }
  size_t enlarged = 0;
  for (size_t channel = 0; channel < rows.channels; ++channel) {
    result.scales[channel] = channels[channel].scale;
    result.bias[channel] = channels[channel].bias;
    enlarged += channels[channel].enlarged ? 1 : 0;
  }
  if (enlarged > 0) {
    notes.push_back(
        rows.node + ": " + std::to_string(enlarged) + " of " + std::to_string(rows.channels) +
        " output channels have weights too small for their bias or output; their weight scale was enlarged");
  }
  return result;
}

}  // namespace lockstep::quantize
