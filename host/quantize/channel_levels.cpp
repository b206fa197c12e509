#include "quantize/channel_levels.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lockstep::quantize {
namespace {

constexpr int kSteps = 1024;

Range WithZero(const Range& range) { return {std::min(range.low, 0.0), std::max(range.high, 0.0)}; }

// Infinite where the zero point leaves no level for an end.
double ScaleOf(const Range& range, int32_t zero_point, int32_t top) {
  const auto part = [](double extent, int32_t levels) { return extent > 0.0 ? extent / levels : 0.0; };
  return std::max(part(range.high, top - zero_point), part(-range.low, zero_point));
}

bool IsSilent(const Range& range) { return !std::isnormal(static_cast<float>(range.high - range.low)); }

// Infinite like a scale.
double SumOfShares(const std::vector<Range>& ranges, int32_t zero_point, int32_t top) {
  double sum = 0.0;
  for (const Range& range : ranges) {
    if (IsSilent(range)) continue;
    const double share = ScaleOf(range, zero_point, top) / (range.high - range.low);
    sum += share * share;
  }
  return sum;
}

int32_t BestZeroPoint(const std::vector<Range>& ranges, int32_t top) {
  int32_t best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (int32_t zero_point = 0; zero_point <= top; ++zero_point) {
    const double sum = SumOfShares(ranges, zero_point, top);
    if (!(sum < least)) continue;
    least = sum;
    best = zero_point;
  }
  return best;
}

// The last x on the way from `end` to 0 at which f has stayed within the tolerance of all that came before.
double FlatUntil(double end, const std::function<double(double)>& f, double tolerance) {
  double low = f(end), high = low, flat = end;
  for (int i = 1; i <= kSteps; ++i) {
    const double x = end * (kSteps - i) / kSteps;
    const double y = f(x);
    low = std::min(low, y);
    high = std::max(high, y);
    if (y - low > tolerance || high - y > tolerance) break;
    flat = x;
  }
  return flat;
}

}  // namespace

ChannelLevels ChooseChannelLevels(const std::vector<Range>& ranges, const AffineParams& common,
                                  std::optional<int32_t> zero_point) {
  std::vector<Range> wide;
  for (const Range& range : ranges) wide.push_back(WithZero(range));
  const int32_t top = common.high();
  ChannelLevels levels;
  levels.zero_point = zero_point ? *zero_point : BestZeroPoint(wide, top);
  for (const Range& range : wide) {
    const double scale = std::max(ScaleOf(range, levels.zero_point, top), common.scale / top);
    levels.scales.push_back(IsSilent(range) || !std::isfinite(scale) ? common.scale : static_cast<float>(scale));
  }
  return levels;
}

double BitsGained(const ChannelLevels& levels, const AffineParams& common) {
  double sum = 0.0;
  for (const double scale : levels.scales) sum += std::log2(common.scale / scale);
  return sum / static_cast<double>(levels.scales.size());
}

Range ImageOf(const Range& range, const std::function<double(double)>& f) {
  Range image{f(range.low), f(range.low)};
  for (int i = 1; i <= kSteps; ++i) {
    const double y = f(range.low + (range.high - range.low) * i / kSteps);
    image = {std::min(image.low, y), std::max(image.high, y)};
  }
  return image;
}

Range VisibleRange(const Range& range, const std::function<double(double)>& f, double tolerance) {
  const Range wide = WithZero(range);
  return {FlatUntil(wide.low, f, tolerance), FlatUntil(wide.high, f, tolerance)};
}

}  // namespace lockstep::quantize
