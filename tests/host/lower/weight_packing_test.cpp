#include "lower/weight_packing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "engine/reference/tensor_values.h"

namespace lockstep::test {
namespace {

using lower::WeightShape;

std::vector<int8_t> RandomWeights(const WeightShape& shape, std::mt19937& random) {
  std::vector<int8_t> weights(static_cast<size_t>(shape.oc * shape.ic * shape.kh * shape.kw));
  for (int8_t& weight : weights) weight = static_cast<int8_t>(static_cast<int>(random() % 254) - 127);
  return weights;
}

TEST(PackO16I4, EveryWeightIsWhereTheReaderLooksAndTheRestIsZero) {
  std::mt19937 random(3);
  for (int i = 0; i < 100; ++i) {
    WeightShape shape;
    shape.groups = 1 + random() % 3;
    shape.oc = shape.groups * (1 + random() % 40);
    shape.ic = 1 + random() % 9;
    shape.kh = 1 + random() % 4;
    shape.kw = 1 + random() % 4;
    shape.dilation_w = 1 + random() % 2;
    const std::vector<int8_t> weights = RandomWeights(shape, random);
    std::vector<int8_t> packed = lower::PackO16I4(weights, shape);
    const engine::O16I4Geometry reader(static_cast<int>(shape.oc), static_cast<int>(shape.ic),
                                       static_cast<int>(shape.kh), static_cast<int>(shape.kw),
                                       static_cast<int>(shape.groups), static_cast<int>(shape.dilation_w));
    ASSERT_EQ(packed.size(), reader.bytes());
    size_t index = 0;
    for (int oc = 0; oc < shape.oc; ++oc) {
      for (int ic = 0; ic < shape.ic; ++ic) {
        for (int ky = 0; ky < shape.kh; ++ky) {
          for (int kx = 0; kx < shape.kw; ++kx) {
            int8_t& place = packed[reader.Offset(oc, ic, ky, kx)];
            ASSERT_EQ(place, weights[index++]) << "oc " << oc << " ic " << ic << " ky " << ky << " kx " << kx;
            place = 0;
          }
        }
      }
    }
    ASSERT_TRUE(std::all_of(packed.begin(), packed.end(), [](int8_t weight) { return weight == 0; }));
  }
}

// The example of docs/model-format.md.
TEST(PackO16I4, WorkedExample) {
  WeightShape shape;
  shape.oc = 17;
  shape.ic = 3;
  shape.kh = 3;
  shape.kw = 3;
  std::vector<int8_t> weights(size_t{17} * 27, 0);
  weights[((size_t{16} * 3 + 2) * 3 + 1) * 3 + 2] = 99;  // oc 16, ic 2, ky 1, kx 2
  const std::vector<int8_t> packed = lower::PackO16I4(weights, shape);
  EXPECT_EQ(packed.size(), 2U * 3 * 3 * 64);
  EXPECT_EQ(packed[896], 99);
}

TEST(WeightBytes, StayWithinTheSymmetricRange) {
  for (int weight = -32512; weight <= 32512; ++weight) {
    const lower::WeightBytes bytes = lower::BytesOf(static_cast<int16_t>(weight), true);
    ASSERT_EQ(lower::kHighBase * bytes.high + bytes.low, weight);
    ASSERT_LE(std::abs(bytes.high), 127) << weight;
    ASSERT_LE(std::abs(bytes.low), 127) << weight;
  }
}

TEST(PackedWeights, HighBytesFirst) {
  WeightShape shape;
  shape.ic = 3;
  lower::PackedWeights packed;
  packed.Append({300, -300, 1}, shape, true);
  packed.Append({-32512, 32512, 127}, shape, true);
  const std::vector<uint8_t> bytes = packed.Bytes();
  ASSERT_EQ(bytes.size(), 4U * 64);
  const auto places = [&](size_t part) {
    return std::vector<int>{static_cast<int8_t>(bytes[part * 64]), static_cast<int8_t>(bytes[part * 64 + 1]),
                            static_cast<int8_t>(bytes[part * 64 + 2])};
  };
  EXPECT_EQ(places(0), (std::vector<int>{1, -1, 0}));
  EXPECT_EQ(places(1), (std::vector<int>{-127, 127, 0}));
  EXPECT_EQ(places(2), (std::vector<int>{45, -45, 1}));
  EXPECT_EQ(places(3), (std::vector<int>{-127, 127, 127}));
}

TEST(PackDepthwise, ChannelsLast) {
  WeightShape shape;
  shape.oc = shape.groups = 2;
  shape.kh = 1;
  shape.kw = 3;
  EXPECT_EQ(lower::PackDepthwise<int16_t>({1, 2, 3, 4, 5, 6}, shape), (std::vector<int16_t>{1, 4, 2, 5, 3, 6}));
}

TEST(SwapSpatial, ExchangesHeightAndWidth) {
  WeightShape shape;
  shape.kh = 2;
  shape.kw = 3;
  EXPECT_EQ(lower::SwapSpatial<int16_t>({1, 2, 3, 4, 5, 6}, shape), (std::vector<int16_t>{1, 4, 2, 5, 3, 6}));
}

}  // namespace
}  // namespace lockstep::test
