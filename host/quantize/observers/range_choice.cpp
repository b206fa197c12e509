#include "quantize/observers/range_choice.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "graph/error.h"
#include "quantize/affine.h"
#include "quantize/observers/range_search.h"

namespace lockstep::quantize {
namespace {

constexpr std::array<std::pair<ObserverKind, const char*>, 8> kNames = {
    {{ObserverKind::kMinMax, "minmax"},
     {ObserverKind::kMovingAverage, "moving_average"},
     {ObserverKind::kPercentile, "percentile"},
     {ObserverKind::kMse, "mse"},
     {ObserverKind::kKl, "kl"},
     {ObserverKind::kAdmm, "admm"},
     {ObserverKind::kOctav, "octav"},
     {ObserverKind::kAuto, "auto"}}};

Range WithZero(const Range& range) { return {std::min(range.low, 0.0), std::max(range.high, 0.0)}; }

}  // namespace

ObserverKind ParseObserverKind(const std::string& text) {
  std::string known;
  for (const auto& [kind, name] : kNames) {
    if (text == name) return kind;
    known += std::string(known.empty() ? "" : ", ") + name;
  }
  throw UsageError("observer \"" + text + "\" is unknown; choose one of " + known);
}

const char* ToText(ObserverKind kind) {
  for (const auto& [known, name] : kNames) {
    if (known == kind) return name;
  }
  return "";
}

Range PercentileRange(const TensorStatistics& statistics, double percentile) {
  const Histogram& histogram = statistics.histogram();
  const auto total = static_cast<double>(histogram.total());
  const auto outside = static_cast<uint64_t>(total * (100.0 - percentile) / 200.0);  // on each side
  const auto& counts = histogram.counts();
  int first = 0;
  for (uint64_t seen = counts[0]; seen <= outside && first < Histogram::kBins - 1;) {
    seen += counts[static_cast<size_t>(++first)];
  }
  int last = Histogram::kBins - 1;
  for (uint64_t seen = counts.back(); seen <= outside && last > 0;) seen += counts[static_cast<size_t>(--last)];
  const double half = histogram.bin_width() / 2;
  const Range full = WithZero(statistics.extremes());
  return {std::clamp(histogram.BinMiddle(first) - half, full.low, 0.0),
          std::clamp(histogram.BinMiddle(last) + half, 0.0, full.high)};
}

Range MseRange(const TensorStatistics& statistics, int bits) {
  const std::vector<WeightedValue> values = WeightedValues(statistics.histogram());
  return MinimizeOverRanges(WithZero(statistics.extremes()), [&](const Range& range) {
    const AffineParams params = AffineFromRange(range, bits);
    const Range levels = RangeOf(params);
    const double per_unit = 1.0 / params.scale;
    const double first = levels.low - params.scale / 2;  // where the lowest level begins
    double sum = 0.0;
    for (const WeightedValue& x : values) {
      const double clipped = std::clamp(x.value, levels.low, levels.high);
      const auto level = static_cast<int64_t>((clipped - first) * per_unit);
      const double rounded = levels.low + params.scale * static_cast<double>(level);
      sum += x.weight * (x.value - rounded) * (x.value - rounded);
    }
    return sum;
  });
}

Range ChooseRange(const TensorStatistics& statistics, const RangeOptions& options, int bits) {
  if (statistics.empty()) return {};
  if (options.symmetric && statistics.extremes().low < 0.0) {
    TensorStatistics mirrored = statistics.Map([](double x) { return -x; });
    mirrored.Merge(statistics);
    const Range half = ChooseRange(mirrored, {options.kind, options.percentile, false}, bits);
    const double end = std::max(-half.low, half.high);
    const double below = std::exp2(bits - 1);  // levels below the middle one; above it there is one fewer
    return {-end * below / (below - 1), end};
  }
  const Range full = WithZero(statistics.extremes());
  if (bits > kMostBitsObserved) return {full.low * kWideHeadroom, full.high * kWideHeadroom};
  switch (options.kind) {
    case ObserverKind::kMinMax:
    case ObserverKind::kAuto:
      return full;
    case ObserverKind::kMovingAverage:
      return WithZero(statistics.moving_average());
    case ObserverKind::kPercentile:
      return PercentileRange(statistics, options.percentile);
    case ObserverKind::kMse:
      return MseRange(statistics, bits);
    case ObserverKind::kKl:
      return KlRange(statistics, bits);
    case ObserverKind::kAdmm:
      return AdmmRange(statistics, bits);
    case ObserverKind::kOctav:
      return OctavRange(statistics, bits);
  }
  return full;
}

}  // namespace lockstep::quantize
