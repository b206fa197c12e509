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

HeatMap DifferenceMap(const dump::DumpLayer& layer, const std::vector<float>& expected,
                      const std::vector<uint8_t>& bytes, int most_cells, const std::string& title) {
  const std::vector<float> actual = dump::RealValues(layer, bytes);
  const auto [rows, columns] = SidesOf(dump::OnnxShape(layer));
  HeatMap map;
  map.layer = layer.index;
  map.rows = static_cast<int>(std::min<int64_t>(rows, most_cells));
  map.columns = static_cast<int>(std::min<int64_t>(columns, most_cells));
  const analyze::Steps steps = layer.Steps();
  const bool in_steps = layer.dtype != "f32";
  map.unit = in_steps ? "steps" : "";
  map.title = title + ", " + std::to_string(rows) + " x " + std::to_string(columns);
  std::vector<double> sums(static_cast<size_t>(map.rows) * static_cast<size_t>(map.columns));
  std::vector<int64_t> counts(sums.size());
  std::vector<bool> broken(sums.size());  // a NaN or an infinity against a number
  for (size_t i = 0; i < std::min(expected.size(), actual.size()); ++i) {
    double difference = std::abs(static_cast<double>(expected[i]) - static_cast<double>(actual[i]));
    if (in_steps) difference /= steps.Of(i);
    const auto place = static_cast<int64_t>(i);
    const int64_t y = place / columns % rows * map.rows / rows;
    const int64_t x = place % columns * map.columns / columns;
    const auto cell = static_cast<size_t>(y * map.columns + x);
    if (!std::isfinite(difference)) {
      broken[cell] = broken[cell] || std::isfinite(expected[i]) || std::isfinite(actual[i]);
      continue;
    }
    sums[cell] += difference;
    ++counts[cell];
  }
  for (size_t i = 0; i < sums.size(); ++i) {
    if (counts[i] > 0) sums[i] /= static_cast<double>(counts[i]);
    map.most = std::max(map.most, sums[i]);
  }
  for (size_t i = 0; i < sums.size(); ++i) {
    const double share = broken[i] ? 1.0 : map.most > 0.0 ? sums[i] / map.most : 0.0;
    map.cells.push_back(static_cast<uint8_t>(std::lround(255.0 * share)));
  }
  if (std::count(broken.begin(), broken.end(), true) != 0) map.title += "; what is no number is the brightest";
  return map;
}

}  // namespace lockstep::page
