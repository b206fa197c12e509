// What the search for a scale of least squared error (WeightRangeKind::kMse) tries.
#pragma once

#include <cstddef>

#include "quantize/tensor_format.h"

namespace lockstep::quantize {

// A channel of few weights may be a table of small integers (a distribution's expectation: 0..15): every division of
// its largest weight that loses less than one bit is tried.
inline constexpr size_t kFewWeights = 64;
inline constexpr int kMostBitsTried = 8;
inline constexpr int kClippingSteps = 20;
inline constexpr double kClippingStep = 0.025;

// Whether it finds nothing better than kMax for any `count` weights: the levels are so fine that cutting off the
// largest weight costs more than rounding all of them.
inline bool SearchKeepsLargest(size_t count, int bits) {
  if (count <= kFewWeights && bits <= kMostBitsTried) return false;
  // As shares of the largest weight: half a step each, against what the least clipping takes from it.
  const double rounding = 0.5 / HighestWeight(bits);
  return static_cast<double>(count) * rounding * rounding < kClippingStep * kClippingStep;
}

}  // namespace lockstep::quantize
