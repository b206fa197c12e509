#include "quantize/observers/range_search.h"

#include <algorithm>

namespace lockstep::quantize {
namespace {

constexpr int kCoarseSteps = 24;
constexpr int kFineSteps = 4;  // on each side of the best coarse one
constexpr int kCoarseRounds = 2;

}  // namespace

std::vector<WeightedValue> WeightedValues(const Histogram& histogram) {
  std::vector<WeightedValue> values;
  for (int bin = 0; bin < static_cast<int>(histogram.counts().size()); ++bin) {
    const uint64_t count = histogram.counts()[static_cast<size_t>(bin)];
    if (count != 0) values.push_back({histogram.BinMiddle(bin), static_cast<double>(count)});
  }
  return values;
}

Range MinimizeOverRanges(const Range& full, const std::function<double(const Range&)>& error) {
  Range best = full;
  double least = error(full);
  const auto try_end = [&](double Range::*end, double value) {
    Range candidate = best;
    candidate.*end = value;
    const double found = error(candidate);
    if (found < least) {
      least = found;
      best = candidate;
    }
  };
  for (int round = 0; round < kCoarseRounds; ++round) {
    for (double Range::*end : {&Range::high, &Range::low}) {
      if (full.*end == 0.0) continue;
      for (int step = kCoarseSteps - 1; step > 0; --step) try_end(end, full.*end * step / kCoarseSteps);
    }
  }
  for (double Range::*end : {&Range::high, &Range::low}) {
    if (full.*end == 0.0) continue;
    const double center = best.*end;
    const double unit = full.*end / (kCoarseSteps * (kFineSteps + 1));
    for (int step = kFineSteps; step >= -kFineSteps; --step) {
      const double value = center + unit * step;
      if (value * full.*end <= 0.0 || std::abs(value) > std::abs(full.*end)) continue;
      try_end(end, value);
    }
  }
  return best;
}

}  // namespace lockstep::quantize
