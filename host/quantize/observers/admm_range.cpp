// The scale of least squared error by alternation, the quantisation step of ADMM (Leng et al., Extremely Low Bit Neural
// Network: Squeeze the Last Bit Out with ADMM, 2018): with the integers held, the best scale is a quotient of sums,
//   scale = sum(x * (q - z)) / sum((q - z)^2);
// with the scale held, the best integers are the nearest ones, and the zero point is the best of three neighbours.
// Every step lessens the error. It starts from several shares of the whole range, for it finds the nearest of several
// minima.
#include <algorithm>
#include <cmath>
#include <limits>

#include "quantize/affine.h"
#include "quantize/observers/range_choice.h"
#include "quantize/observers/range_search.h"

namespace lockstep::quantize {
namespace {

constexpr int kMostSteps = 50;
constexpr int kStarts = 8;

struct Fit {
  double scale = 0.0;
  double zero_point = 0.0;
  double error = std::numeric_limits<double>::max();
  double better_scale = 0.0;  // for the same integers
};

Fit FitOf(const std::vector<WeightedValue>& values, double scale, double zero_point, double most) {
  Fit fit{scale, zero_point, 0.0, scale};
  double products = 0.0;
  double squares = 0.0;
  for (const WeightedValue& x : values) {
    const double level = std::clamp(std::floor(x.value / scale + 0.5) + zero_point, 0.0, most) - zero_point;
    const double error = x.value - scale * level;
    fit.error += x.weight * error * error;
    products += x.weight * x.value * level;
    squares += x.weight * level * level;
  }
  if (squares > 0.0 && products > 0.0) fit.better_scale = products / squares;
  return fit;
}

Fit Descend(const std::vector<WeightedValue>& values, const AffineParams& start) {
  const double most = start.high();
  Fit best = FitOf(values, start.scale, start.zero_point, most);
  for (int step = 0; step < kMostSteps; ++step) {
    const Fit before = best;
    for (const double zero_point : {before.zero_point, before.zero_point - 1, before.zero_point + 1}) {
      if (zero_point < 0.0 || zero_point > most) continue;
      const Fit fit = FitOf(values, before.better_scale, zero_point, most);
      if (fit.error < best.error) best = fit;
    }
    if (!(best.error < before.error)) break;
  }
  return best;
}

}  // namespace

Range AdmmRange(const TensorStatistics& statistics, int bits) {
  const Range full{std::min(statistics.extremes().low, 0.0), std::max(statistics.extremes().high, 0.0)};
  const std::vector<WeightedValue> values = WeightedValues(statistics.histogram());
  if (full.low == full.high) return full;
  Fit best;
  for (int share = kStarts; share > 0; --share) {
    const double part = static_cast<double>(share) / kStarts;
    const Fit fit = Descend(values, AffineFromRange({full.low * part, full.high * part}, bits));
    if (fit.error < best.error) best = fit;
  }
  const double low = std::max(-best.zero_point * best.scale, full.low);
  const double high = std::min((std::exp2(bits) - 1 - best.zero_point) * best.scale, full.high);
  return {low, high};
}

}  // namespace lockstep::quantize
