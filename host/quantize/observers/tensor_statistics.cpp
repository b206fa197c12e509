#include "quantize/observers/tensor_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lockstep::quantize {
namespace {

// The image of [low, high] under f, at the resolution of the histogram.
Range MapRange(const Range& range, double step, const std::function<double(double)>& f) {
  Range mapped{std::min(f(range.low), f(range.high)), std::max(f(range.low), f(range.high))};
  if (step <= 0.0) return mapped;
  const auto steps = static_cast<int>((range.high - range.low) / step);
  for (int i = 1; i <= steps; ++i) {
    const double y = f(std::min(range.low + i * step, range.high));
    mapped.low = std::min(mapped.low, y);
    mapped.high = std::max(mapped.high, y);
  }
  return mapped;
}

}  // namespace

void TensorStatistics::ObserveExtremes(const Range& now) {
  if (empty_) {
    extremes_ = now;
    moving_average_ = now;
  } else {
    extremes_ = {std::min(extremes_.low, now.low), std::max(extremes_.high, now.high)};
    moving_average_ = {kMomentum * moving_average_.low + (1 - kMomentum) * now.low,
                       kMomentum * moving_average_.high + (1 - kMomentum) * now.high};
  }
  empty_ = false;
}

void TensorStatistics::Observe(const std::vector<float>& values) {
  if (values.empty()) return;
  HistogramCounter counter;
  ObserveExtremes(counter.Count(values.data(), values.size()));
  Add(counter);
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

TensorStatistics TensorStatistics::Map(const std::function<double(double)>& function) const {
  constexpr double kLargest = std::numeric_limits<float>::max();
  const auto f = [&](double x) { return std::clamp(function(x), -kLargest, kLargest); };
  TensorStatistics mapped;
  mapped.empty_ = empty_;
  mapped.histogram_ = histogram_.Map(f);
  const double step = histogram_.bin_width();
  mapped.extremes_ = MapRange(extremes_, step, f);
  mapped.moving_average_ = MapRange(moving_average_, step, f);
  return mapped;
}

}  // namespace lockstep::quantize
