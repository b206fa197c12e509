#include "quantize/observers/tensor_statistics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace lockstep::quantize {
namespace {

constexpr size_t kValuesPerThread = 1 << 16;
constexpr size_t kLanes = 8;  // independent, so that the compiler uses vectors

struct FloatRange {
  float low = std::numeric_limits<float>::infinity();
  float high = -std::numeric_limits<float>::infinity();
  bool finite = true;

  void Add(float value) {
    low = value < low ? value : low;
    high = value > high ? value : high;
    finite = finite && std::isfinite(value);
  }
};

FloatRange ExtremesOfPart(const float* values, size_t count) {
  std::array<float, kLanes> low{};
  std::array<float, kLanes> high{};
  std::array<float, kLanes> poison{};  // x * 0 is NaN for what is not finite
  low.fill(std::numeric_limits<float>::infinity());
  high.fill(-std::numeric_limits<float>::infinity());
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) {
      const float value = values[i + lane];
      low[lane] = value < low[lane] ? value : low[lane];
      high[lane] = value > high[lane] ? value : high[lane];
      poison[lane] += value * 0.0F;
    }
  }
  FloatRange range;
  for (size_t lane = 0; lane < kLanes && i > 0; ++lane) {
    range.low = std::min(range.low, low[lane]);
    range.high = std::max(range.high, high[lane]);
    range.finite = range.finite && poison[lane] == 0.0F;
  }
  for (; i < count; ++i) range.Add(values[i]);
  return range;
}

FloatRange Extremes(const float* values, size_t count, int threads) {
  const size_t parts = std::clamp<size_t>(count / kValuesPerThread, 1, static_cast<size_t>(std::max(threads, 1)));
  std::vector<FloatRange> ranges(parts);
#pragma omp parallel for num_threads(static_cast <int>(parts)) schedule(static)
  for (size_t part = 0; part < parts; ++part) {
    const size_t begin = count * part / parts;
    ranges[part] = ExtremesOfPart(values + begin, count * (part + 1) / parts - begin);
  }
  FloatRange whole = ranges[0];
  for (const FloatRange& range : ranges) {
    whole.low = std::min(whole.low, range.low);
    whole.high = std::max(whole.high, range.high);
    whole.finite = whole.finite && range.finite;
  }
  return whole;
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
