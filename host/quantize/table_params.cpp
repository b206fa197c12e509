#include "quantize/table_params.h"

#include <algorithm>

#include "quantize/affine.h"
#include "quantize/observers/range_search.h"

namespace lockstep::quantize {

std::vector<double> TableValues(const AffineParams& x, const std::function<double(double)>& f,
                                const AffineParams& output) {
  std::vector<double> table(static_cast<size_t>(x.high()) + 1);
  for (size_t level = 0; level < table.size(); ++level) {
    const double exact = f(DequantizeValue(static_cast<int32_t>(level), x));
    table[level] = DequantizeValue(QuantizeValue(exact, output), output);
  }
  return table;
}

AffineParams ChooseTableInput(const TensorStatistics& x, const std::function<double(double)>& f,
                              const AffineParams& output) {
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
    const AffineParams params = AffineFromRange(range, 8);
    const std::vector<double> table = TableValues(params, f, output);
    const double per_unit = 1.0 / params.scale;
    const double first = params.zero_point + 0.5;
    const auto last = static_cast<double>(params.high());
    double sum = 0.0;
    for (const Point& point : points) {
      const double level = std::clamp(point.x * per_unit + first, 0.0, last);
      const double error = point.y - table[static_cast<size_t>(level)];
      sum += point.weight * error * error;
    }
    return sum;
  });
  return AffineFromRange(best, 8);
}

}  // namespace lockstep::quantize
