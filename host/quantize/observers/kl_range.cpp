// The range whose quantised distribution tells least from the float one: for each candidate, P is the distribution with
// what lies outside moved into the outermost bins, Q is P's inside (without what was moved) averaged over each level's
// bins that are not empty; the candidate of least sum(P * ln(P / Q)) wins. (Migacz, 8-bit inference, GTC 2017, extended
// to ranges that are not symmetric.)
#include <algorithm>
#include <cmath>
#include <vector>

#include "quantize/observers/range_choice.h"
#include "quantize/observers/range_search.h"

namespace lockstep::quantize {
namespace {

// Stands for a level that lost all its weight, so that the divergence stays finite and large.
constexpr double kNothing = 1e-12;

struct Bins {
  int first = 0;
  int last = 0;
};

double LevelDivergence(const std::vector<double>& p, const std::vector<double>& inside, size_t begin, size_t end,
                       double total, double inside_total) {
  double sum = 0.0;
  double filled = 0.0;
  for (size_t bin = begin; bin < end; ++bin) {
    sum += inside[bin];
    filled += p[bin] > 0.0 ? 1.0 : 0.0;
  }
  if (filled == 0.0) return 0.0;
  const double q = std::max(sum / filled / inside_total, kNothing);
  double divergence = 0.0;
  for (size_t bin = begin; bin < end; ++bin) {
    if (p[bin] > 0.0) divergence += p[bin] / total * std::log(p[bin] / total / q);
  }
  return divergence;
}

double Divergence(const std::vector<uint64_t>& counts, Bins range, int levels) {
  const size_t width = static_cast<size_t>(range.last) - static_cast<size_t>(range.first) + 1;
  std::vector<double> inside(width);
  for (size_t i = 0; i < width; ++i) inside[i] = static_cast<double>(counts[static_cast<size_t>(range.first) + i]);
  double inside_total = 0.0;
  for (const double count : inside) inside_total += count;
  std::vector<double> p = inside;
  double total = inside_total;
  for (size_t bin = 0; bin < counts.size(); ++bin) {
    const auto count = static_cast<double>(counts[bin]);
    if (static_cast<int>(bin) < range.first) p.front() += count;
    if (static_cast<int>(bin) > range.last) p.back() += count;
    if (static_cast<int>(bin) < range.first || static_cast<int>(bin) > range.last) total += count;
  }
  if (inside_total == 0.0) return HUGE_VAL;
  double divergence = 0.0;
  const size_t level_count = std::min<size_t>(width, static_cast<size_t>(levels));
  for (size_t level = 0; level < level_count; ++level) {
    divergence +=
        LevelDivergence(p, inside, width * level / level_count, width * (level + 1) / level_count, total, inside_total);
  }
  return divergence;
}

}  // namespace

Range KlRange(const TensorStatistics& statistics, int bits) {
  const Histogram& histogram = statistics.histogram();
  const double width = histogram.bin_width();
  const Range full{std::min(statistics.extremes().low, 0.0), std::max(statistics.extremes().high, 0.0)};
  const auto bin_of = [&](double value) {
    return std::clamp(static_cast<int>(std::floor(value / width)) + Histogram::kHalf, 0, Histogram::kBins - 1);
  };
  return MinimizeOverRanges(full, [&](const Range& range) {
    return Divergence(histogram.counts(), {bin_of(range.low), bin_of(range.high)}, 1 << bits);
  });
}

}  // namespace lockstep::quantize
