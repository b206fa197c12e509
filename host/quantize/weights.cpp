#include "quantize/weights.h"

#include <algorithm>
#include <cmath>

#include "graph/error.h"

namespace lockstep::quantize {
namespace {

constexpr double kHighest = 127.0;
constexpr double kBiasLimit = 1 << 30;
constexpr double kLeastRatio = 0x1p-30;
constexpr double kEmptyChannelSteps = 1024.0;
// A channel of few weights may be a table of small integers (a distribution's expectation: 0..15): every division of
// its largest weight that loses less than one bit is tried.
constexpr size_t kFewWeights = 64;
constexpr int kFewestLevels = 64;
constexpr int kClippingSteps = 20;
constexpr double kClippingStep = 0.025;

constexpr size_t kParallelWeights = 1 << 12;

double RoundWeight(double value) { return std::clamp(std::round(value), -kHighest, kHighest); }

double SquaredError(const float* weights, size_t count, double scale) {
  // Rounds by adding and subtracting 1.5 * 2^23: std::round is a call, and this search is most of the stage's time.
  constexpr float kMagic = 12582912.0F;
  const auto step = static_cast<float>(scale);
  const auto per_step = static_cast<float>(1.0 / scale);
  float sum = 0.0F;
  for (size_t i = 0; i < count; ++i) {
    const float limited = std::min(std::max(weights[i] * per_step, -127.0F), 127.0F);
    const float error = ((limited + kMagic) - kMagic) * step - weights[i];
    sum += error * error;
  }
  return sum;
}

double ChooseScale(const float* weights, size_t count, WeightRangeKind kind) {
  float largest = 0.0F;
  for (size_t i = 0; i < count; ++i) largest = std::max(largest, std::abs(weights[i]));
  double best = largest / kHighest;
  if (kind == WeightRangeKind::kMax || best == 0.0) return best;
  double least = SquaredError(weights, count, best);
  const auto attempt = [&](double scale) {
    const double error = SquaredError(weights, count, scale);
    if (error < least) {
      least = error;
      best = scale;
    }
  };
  if (count <= kFewWeights) {
    for (int levels = static_cast<int>(kHighest) - 1; levels >= kFewestLevels; --levels) attempt(largest / levels);
  }
  for (int step = 1; step <= kClippingSteps; ++step) attempt(largest / kHighest * (1.0 - kClippingStep * step));
  return best;
}

struct Channel {
  double scale = 0.0;
  bool enlarged = false;
  int32_t bias = 0;
};

Channel QuantizeChannel(const WeightRows& rows, size_t channel, WeightRangeKind kind, int8_t* values) {
  const float* weights = rows.values + channel * rows.per_channel;
  const double bias = rows.bias != nullptr ? rows.bias[channel] : 0.0;
  Channel result;
  const double chosen = ChooseScale(weights, rows.per_channel, kind);
  const bool empty = chosen == 0.0;
  const double unit = rows.output_scale / rows.input_scale;
  const double least = std::max(std::abs(bias) / (rows.input_scale * kBiasLimit),
                                empty ? unit / kEmptyChannelSteps : unit * kLeastRatio);
  result.scale = std::max(chosen, least);
  result.enlarged = !empty && result.scale > chosen;
  double correction = 0.0;
  for (size_t i = 0; i < rows.per_channel; ++i) {
    const double level = RoundWeight(weights[i] / result.scale);
    values[i] = static_cast<int8_t>(level);
    if (!rows.input_means.empty()) {
      correction += (weights[i] - level * result.scale) * rows.input_means[channel * rows.per_channel + i];
    }
  }
  const double level = std::round((bias + correction) / (rows.input_scale * result.scale));
  result.bias = static_cast<int32_t>(std::clamp(level, -kBiasLimit, kBiasLimit));
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
