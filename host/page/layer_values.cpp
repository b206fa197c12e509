#include "page/layer_values.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "dump/values.h"

namespace lockstep::page {
namespace {

constexpr size_t kBins = 48;

// What the levels of a tensor reach; of one with a scale for each channel the widest.
std::pair<double, double> ReachOf(const quantize::TensorFormat& format) {
  double low = 0.0, high = 0.0;
  const double most = std::exp2(format.bits) - 1.0;
  for (size_t i = 0; i < format.scales.size(); ++i) {
    low = std::min(low, format.scales[i] * (0 - format.zero_points[i]));
    high = std::max(high, format.scales[i] * (most - format.zero_points[i]));
  }
  return {low, high};
}

// The rows and columns of a tensor's picture: its last two axes.
std::pair<int64_t, int64_t> SidesOf(const std::vector<int64_t>& shape) {
  const int64_t columns = shape.empty() ? 1 : shape.back();
  return {shape.size() < 2 ? 1 : shape[shape.size() - 2], columns};
}

}  // namespace

Histogram ValueHistogram(const layerwise::Row& row, const std::vector<float>& expected) {
  Histogram histogram;
  histogram.layer = row.layer.index;
  histogram.title = "values of the float network";
  double low = 0.0, high = 0.0;
  for (const float value : expected) {
    if (!std::isfinite(value)) continue;
    low = std::min(low, static_cast<double>(value));
    high = std::max(high, static_cast<double>(value));
  }
  histogram.clip_low = low;
  histogram.clip_high = high;
  if (row.levels && !row.levels->scales.empty()) {
    std::tie(histogram.clip_low, histogram.clip_high) = ReachOf(*row.levels);
  }
  histogram.low = std::min(low, histogram.clip_low);
  histogram.high = std::max(high, histogram.clip_high);
  if (histogram.high <= histogram.low) histogram.high = histogram.low + 1.0;
  histogram.counts.assign(kBins, 0);
  const double per_bin = (histogram.high - histogram.low) / kBins;
  size_t beyond = 0;
  for (const float value : expected) {
    if (!std::isfinite(value)) continue;
    const auto place = static_cast<size_t>((static_cast<double>(value) - histogram.low) / per_bin);
    ++histogram.counts[std::min(place, kBins - 1)];
    if (static_cast<double>(value) < histogram.clip_low || static_cast<double>(value) > histogram.clip_high) ++beyond;
  }
  if (!expected.empty()) histogram.beyond = static_cast<double>(beyond) / static_cast<double>(expected.size());
  return histogram;
}

HeatMap DifferenceMap(const layerwise::Row& row, const std::vector<float>& expected, const std::vector<uint8_t>& bytes,
                      int most_cells) {
  const std::vector<float> actual = dump::RealValues(row.layer, bytes);
  const auto [rows, columns] = SidesOf(dump::OnnxShape(row.layer));
  HeatMap map;
  map.layer = row.layer.index;
  map.rows = static_cast<int>(std::min<int64_t>(rows, most_cells));
  map.columns = static_cast<int>(std::min<int64_t>(columns, most_cells));
  const analyze::Steps steps = row.layer.Steps();
  const bool in_steps = row.layer.dtype != "f32";
  map.unit = in_steps ? "steps" : "";
  map.title = "mean difference to the float network, " + std::to_string(rows) + " x " + std::to_string(columns);
  std::vector<double> sums(static_cast<size_t>(map.rows) * static_cast<size_t>(map.columns));
  std::vector<int64_t> counts(sums.size());
  for (size_t i = 0; i < std::min(expected.size(), actual.size()); ++i) {
    double difference = std::abs(static_cast<double>(expected[i]) - static_cast<double>(actual[i]));
    if (!std::isfinite(difference)) continue;
    if (in_steps) difference /= steps.Of(i);
    const auto place = static_cast<int64_t>(i);
    const int64_t y = place / columns % rows * map.rows / rows;
    const int64_t x = place % columns * map.columns / columns;
    const auto cell = static_cast<size_t>(y * map.columns + x);
    sums[cell] += difference;
    ++counts[cell];
  }
  for (size_t i = 0; i < sums.size(); ++i) {
    if (counts[i] > 0) sums[i] /= static_cast<double>(counts[i]);
    map.most = std::max(map.most, sums[i]);
  }
  for (const double mean : sums) {
    map.cells.push_back(map.most > 0.0 ? static_cast<uint8_t>(std::lround(255.0 * mean / map.most)) : 0);
  }
  return map;
}

}  // namespace lockstep::page
