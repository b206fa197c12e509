// Optimal clipping by Newton's method (Sakr et al., Optimal Clipping and Magnitude-aware Differentiation for Improved
// Quantization-aware Training, 2022), extended to ranges with two ends.
//
// With N = 2^bits - 1 steps between the ends l <= 0 <= h the mean squared error is about
//   J = ((h - l) / N)^2 / 12 * P + E[(x - h)^2; x > h] + E[(x - l)^2; x < l],
// P the share of values within the range that are not zero, which is exact. Each end takes Newton steps with P held:
//   J' = (h - l) / (6 N^2) * P - 2 E[x - h; x > h],   J'' = P / (6 N^2) + 2 P(x > h).
// For l = 0 a step is h = E[x; x > h] / (P / (12 N^2) + P(x > h)), the paper's for unsigned numbers.
#include <algorithm>
#include <cmath>

#include "quantize/observers/range_choice.h"
#include "quantize/observers/range_search.h"

namespace lockstep::quantize {
namespace {

constexpr int kMostSteps = 100;
constexpr double kSettled = 1e-4;  // of an end's value

// What lies beyond an end, on its side of zero.
struct Beyond {
  double weight = 0.0;
  double sum = 0.0;  // of distances from zero
};

Beyond BeyondOf(const std::vector<WeightedValue>& values, double end, double sign) {
  Beyond beyond;
  for (const WeightedValue& x : values) {
    if (sign * x.value <= end) continue;
    beyond.weight += x.weight;
    beyond.sum += x.weight * sign * x.value;
  }
  return beyond;
}

}  // namespace

Range OctavRange(const TensorStatistics& statistics, int bits) {
  const Histogram& histogram = statistics.histogram();
  const Range full{std::min(statistics.extremes().low, 0.0), std::max(statistics.extremes().high, 0.0)};
  std::vector<WeightedValue> values = WeightedValues(histogram);
  const double zero_bin = histogram.bin_width();  // zeros stand in the middle of a bin beside zero
  values.erase(std::remove_if(values.begin(), values.end(),
                              [&](const WeightedValue& x) { return x.value >= 0.0 && x.value < zero_bin; }),
               values.end());
  double total = 0.0;
  for (const WeightedValue& x : values) total += x.weight;
  if (total == 0.0) return full;
  const double steps = std::exp2(bits) - 1;
  const double noise = 1.0 / (6.0 * steps * steps);
  // Distances of both ends from zero.
  double high = 0.0;
  double low = 0.0;
  for (int step = 0; step < kMostSteps; ++step) {
    const Beyond above = BeyondOf(values, high, 1.0);
    const Beyond below = BeyondOf(values, low, -1.0);
    const double inside = noise * (total - above.weight - below.weight);
    const auto next = [&](double end, const Beyond& beyond, double most) {
      const double curve = inside + 2.0 * beyond.weight;
      if (curve == 0.0) return end;
      const double slope = inside * (high + low) - 2.0 * (beyond.sum - end * beyond.weight);
      return std::clamp(end - slope / curve, 0.0, most);
    };
    const double next_high = next(high, above, full.high);
    const double next_low = next(low, below, -full.low);
    const bool settled = std::abs(next_high - high) <= kSettled * high && std::abs(next_low - low) <= kSettled * low;
    high = next_high;
    low = next_low;
    if (settled) break;
  }
  return {-low, high};
}

}  // namespace lockstep::quantize
