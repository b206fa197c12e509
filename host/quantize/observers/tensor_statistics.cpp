#include "quantize/observers/tensor_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lockstep::quantize {
namespace {

struct FloatRange {
  float low = std::numeric_limits<float>::infinity();
  float high = -std::numeric_limits<float>::infinity();
  bool finite = true;
};

FloatRange Extremes(const float* values, size_t count, int threads) {
  float low = std::numeric_limits<float>::infinity();
  float high = -std::numeric_limits<float>::infinity();
  int nan = 0;
  const auto last = static_cast<std::ptrdiff_t>(count);
#pragma omp parallel for simd num_threads(threads) schedule(static) reduction(min                      \
                                                                              : low) reduction(max     \
                                                                                               : high) \
    reduction(|                                                                                        \
              : nan)
  for (std::ptrdiff_t i = 0; i < last; ++i) {
    low = values[i] < low ? values[i] : low;
    high = values[i] > high ? values[i] : high;
    nan |= static_cast<int>(values[i] != values[i]);
  }
  return {low, high, nan == 0 && std::isfinite(low) && std::isfinite(high)};
}

// The image of [low, high] under f, at the resolution of the histogram.
Range MapRange(const Range& range, double step, const std::function<double(double)>& f) {
  Range mapped{std::min(f(range.low), f(range.high)), std::max(f(range.low), f(range.high))};
  if (step <= 0.0) return mapped;
  for (double x = range.low + step; x < range.high; x += step) {
    const double y = f(x);
    mapped.low = std::min(mapped.low, y);
    mapped.high = std::max(mapped.high, y);
  }
  return mapped;
}

}  // namespace

bool TensorStatistics::Observe(const float* values, size_t count, int threads) {
  if (count == 0) return true;
  const FloatRange range = Extremes(values, count, threads);
  if (!range.finite) return false;
  const Range now{range.low, range.high};
  if (empty()) {
    extremes_ = now;
    moving_average_ = now;
  } else {
    extremes_ = {std::min(extremes_.low, now.low), std::max(extremes_.high, now.high)};
    moving_average_ = {kMomentum * moving_average_.low + (1 - kMomentum) * now.low,
                       kMomentum * moving_average_.high + (1 - kMomentum) * now.high};
  }
  histogram_.Add(values, count, range.low, range.high, threads);
  return true;
}

void TensorStatistics::Merge(const TensorStatistics& other) {
  if (other.empty()) return;
  if (empty()) {
    *this = other;
    return;
  }
  for (const auto& [mine, theirs] :
       {std::pair{&extremes_, &other.extremes_}, std::pair{&moving_average_, &other.moving_average_}}) {
    *mine = {std::min(mine->low, theirs->low), std::max(mine->high, theirs->high)};
  }
  histogram_.Merge(other.histogram_);
}

TensorStatistics TensorStatistics::Map(const std::function<double(double)>& f) const {
  TensorStatistics mapped;
  mapped.histogram_ = histogram_.Map(f);
  const double step = histogram_.bin_width();
  mapped.extremes_ = MapRange(extremes_, step, f);
  mapped.moving_average_ = MapRange(moving_average_, step, f);
  return mapped;
}

}  // namespace lockstep::quantize
