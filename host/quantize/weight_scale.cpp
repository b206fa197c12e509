#include "quantize/weight_scale.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "graph/error.h"
#include "quantize/tensor_format.h"
#include "quantize/weight_search.h"

namespace lockstep::quantize {
namespace {

constexpr std::array<std::pair<WeightRangeKind, const char*>, 3> kNames = {
    {{WeightRangeKind::kMax, "max"}, {WeightRangeKind::kMse, "mse"}, {WeightRangeKind::kAdmm, "admm"}}};

constexpr int kAdmmStarts = 8;
constexpr int kAdmmSteps = 50;

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

double ScaleOfSameIntegers(const float* weights, size_t count, double scale, int32_t highest) {
  double products = 0.0;
  double squares = 0.0;
  for (size_t i = 0; i < count; ++i) {
    const double level =
        std::clamp(std::round(weights[i] / scale), -static_cast<double>(highest), static_cast<double>(highest));
    products += weights[i] * level;
    squares += level * level;
  }
  return squares > 0.0 && products > 0.0 ? products / squares : scale;
}

// With the integers held the best scale is sum(w * q) / sum(q^2); with the scale held the best integers are the
// nearest. Every step lessens the error, towards the nearest minimum: it starts from several shares of `largest`. (Leng
// et al., Extremely Low Bit Neural Network: Squeeze the Last Bit Out with ADMM, 2018, the quantisation step.)
double AlternatedScale(const float* weights, size_t count, double largest, int32_t highest) {
  const auto limit = static_cast<float>(highest);
  double best = largest / highest;
  double least = SquaredError(weights, count, best, limit);
  for (int start = kAdmmStarts; start > 0; --start) {
    double scale = largest / highest * start / kAdmmStarts;
    double error = SquaredError(weights, count, scale, limit);
    for (int step = 0; step < kAdmmSteps; ++step) {
      const double better = ScaleOfSameIntegers(weights, count, scale, highest);
      const double found = SquaredError(weights, count, better, limit);
      if (!(found < error)) break;
      scale = better;
      error = found;
    }
    if (error < least) {
      least = error;
      best = scale;
    }
  }
  return best;
}

}  // namespace

WeightRangeKind ParseWeightRangeKind(const std::string& text) {
  std::string known;
  for (const auto& [kind, name] : kNames) {
    if (text == name) return kind;
    known += std::string(known.empty() ? "" : ", ") + name;
  }
  throw UsageError("weight range \"" + text + "\" is unknown; choose one of " + known);
}

const char* ToText(WeightRangeKind kind) {
  for (const auto& [known, name] : kNames) {
    if (known == kind) return name;
  }
  return "";
}

double ChooseWeightScale(const float* weights, size_t count, WeightRangeKind kind, int bits) {
  const int32_t highest = HighestWeight(bits);
  float largest = 0.0F;
  for (size_t i = 0; i < count; ++i) largest = std::max(largest, std::abs(weights[i]));
  double best = static_cast<double>(largest) / highest;
  if (kind == WeightRangeKind::kMax || best == 0.0) return best;
  if (kind == WeightRangeKind::kAdmm) return AlternatedScale(weights, count, largest, highest);
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

}  // namespace lockstep::quantize
