#include "quantize/table_params.h"

#include <algorithm>

#include "quantize/affine.h"
#include "quantize/observers/range_choice.h"
#include "quantize/observers/range_search.h"

namespace lockstep::quantize {
namespace {

double TableValue(int32_t level, const AffineParams& x, const std::function<double(double)>& f,
                  const AffineParams& output) {
  return DequantizeValue(QuantizeValue(f(DequantizeValue(level, x)), output), output);
}

}  // namespace

std::vector<double> TableValues(const AffineParams& x, const std::function<double(double)>& f,
                                const AffineParams& output) {
  std::vector<double> table(static_cast<size_t>(x.high()) + 1);
  for (size_t level = 0; level < table.size(); ++level) {
    table[level] = TableValue(static_cast<int32_t>(level), x, f, output);
  }
  return table;
}

AffineParams ChooseTableInput(const TensorStatistics& x, const std::function<double(double)>& f,
                              const AffineParams& output, int bits) {
  struct Point {
    double x;
    double y;
    double weight;
  };
  std::vector<Point> points;
  for (const WeightedValue& value : WeightedValues(x.histogram())) {
    points.push_back({value.value, f(value.value), value.weight});
  }
  const Range full{std::min(x.extremes().low, 0.0), std::max(x.extremes().high, 0.0)};
  const Range best = MinimizeOverRanges(full, [&](const Range& range) {
    const AffineParams params = AffineFromRange(range, bits);
    // Of a table that is longer than the histogram only the entries that count.
    const bool sparse = static_cast<size_t>(params.high()) >= points.size() && bits > 8;
    const std::vector<double> table = sparse ? std::vector<double>() : TableValues(params, f, output);
    const double per_unit = 1.0 / params.scale;
    const double first = params.zero_point + 0.5;
    const auto last = static_cast<double>(params.high());
    double sum = 0.0;
    for (const Point& point : points) {
      const double level = std::clamp(point.x * per_unit + first, 0.0, last);
      const double value =
          sparse ? TableValue(static_cast<int32_t>(level), params, f, output) : table[static_cast<size_t>(level)];
      const double error = point.y - value;
      sum += point.weight * error * error;
    }
    return sum;
  });
  return AffineFromRange(best, bits);
}

AffineParams WithHeadroom(const AffineParams& chosen, const TensorStatistics& x) {
  constexpr double kNearTheEnd = 0.9;  // the search of a range goes in steps, and a range in levels
  Range range = RangeOf(chosen);
  const Range& seen = x.extremes();
  if (range.low <= kNearTheEnd * seen.low) range.low = std::min(range.low, kWideHeadroom * seen.low);
  if (range.high >= kNearTheEnd * seen.high) range.high = std::max(range.high, kWideHeadroom * seen.high);
  return AffineFromRange(range, chosen.bits);
}

}  // namespace lockstep::quantize
