#include "page/layer_values.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace lockstep::page {
namespace {

// A u8 tensor 1x4x6x2 in the order N,H,W,C; ONNX has N,C,H,W.
layerwise::Row PictureRow() {
  layerwise::Row row;
  row.layer.index = 3;
  row.layer.dtype = "u8";
  row.layer.shape = {1, 4, 6, 2};
  row.layer.axes = {0, 2, 3, 1};
  row.layer.scale = 0.5;
  row.layer.zero_point = 10;
  row.levels = quantize::TensorFormat(quantize::AffineParams{0.5, 10, 8});
  return row;
}

TEST(DifferenceMap, ShowsWhereItDiffersInSteps) {
  const std::vector<float> expected(48, 0.0F);
  std::vector<uint8_t> bytes(48, 10);
  bytes[(2 * 6 + 4) * 2 + 1] = 16;  // row 2, column 4, the second channel: 6 steps away
  const HeatMap map = DifferenceMap(PictureRow().layer, expected, bytes, 32, "difference");
  EXPECT_EQ(map.rows, 4);
  EXPECT_EQ(map.columns, 6);
  EXPECT_EQ(map.unit, "steps");
  EXPECT_DOUBLE_EQ(map.most, 3.0) << "the mean of two channels";
  for (size_t i = 0; i < map.cells.size(); ++i) EXPECT_EQ(map.cells[i], i == 2 * 6 + 4 ? 255 : 0) << i;
}

TEST(DifferenceMap, LargeOnesAreAveraged) {
  const std::vector<float> expected(48, 0.0F);
  std::vector<uint8_t> bytes(48, 10);
  bytes[(3 * 6 + 5) * 2] = 26;  // 16 steps in one of 2 channels, and of 2 x 3 places in a cell
  const HeatMap map = DifferenceMap(PictureRow().layer, expected, bytes, 2, "difference");
  ASSERT_EQ(map.cells.size(), 4U);
  EXPECT_DOUBLE_EQ(map.most, 16.0 / 12.0);
  EXPECT_EQ(map.cells, (std::vector<uint8_t>{0, 0, 0, 255}));
}

TEST(DifferenceMap, ShowsWhatIsNoNumber) {
  dump::DumpLayer layer;
  layer.dtype = "f32";
  layer.shape = {2, 2};
  const std::vector<float> expected{1.0F, 2.0F, std::nanf(""), 4.0F};
  const std::vector<float> actual{1.0F, std::nanf(""), std::nanf(""), 5.0F};
  const auto* bytes = reinterpret_cast<const uint8_t*>(actual.data());
  const HeatMap map = DifferenceMap(layer, expected, {bytes, bytes + 16}, 32, "difference");
  EXPECT_EQ(map.cells, (std::vector<uint8_t>{0, 255, 0, 255})) << "the same on both sides is no difference";
  EXPECT_DOUBLE_EQ(map.most, 1.0);
}

TEST(ValueHistogram, CountsAllAndWhatIsBeyondTheLevels) {
  std::vector<float> values(100);
  std::iota(values.begin(), values.end(), -20.0F);  // -20 .. 79, the levels reach -5 .. 122.5
  const Histogram histogram = ValueHistogram(PictureRow(), values);
  EXPECT_DOUBLE_EQ(histogram.clip_low, -5.0);
  EXPECT_DOUBLE_EQ(histogram.clip_high, 122.5);
  EXPECT_DOUBLE_EQ(histogram.low, -20.0);
  EXPECT_DOUBLE_EQ(histogram.high, 122.5);
  EXPECT_DOUBLE_EQ(histogram.beyond, 0.15) << "-20 .. -6";
  EXPECT_EQ(std::accumulate(histogram.counts.begin(), histogram.counts.end(), uint64_t{0}), 100U);
}

}  // namespace
}  // namespace lockstep::page
