#include "quantize/channel_levels.h"

#include <gtest/gtest.h>

#include <cmath>

#include "quantize/affine.h"

namespace lockstep::quantize {
namespace {

float F(double value) { return static_cast<float>(value); }

TEST(ChannelLevels, WithoutNegativeValuesZeroIsTheFirstLevel) {
  const ChannelLevels levels = ChooseChannelLevels({{0.0, 6.0}, {0.5, 2.0}, {0.0, 0.25}}, {F(6.0 / 255), 0, 8});
  EXPECT_EQ(levels.zero_point, 0);
  ASSERT_EQ(levels.scales.size(), 3u);
  EXPECT_EQ(levels.scales[0], F(6.0 / 255));
  EXPECT_EQ(levels.scales[1], F(2.0 / 255));
  EXPECT_EQ(levels.scales[2], F(0.25 / 255));
}

// One channel has nothing below zero, the other as much as above: with z of 255 levels below zero their scales are
// 1 / (255 - z) and, z being at most 127, 1 / z, as shares of ranges of 1 and 2. 1 / (255 - z)^2 + 1 / (2z)^2 is least
// where (255 - z)^3 = 4 z^3: z = 255 / (1 + 4^(1/3)) = 98.55.
TEST(ChannelLevels, TheZeroPointSharesTheLossBetweenTheChannels) {
  const ChannelLevels levels = ChooseChannelLevels({{0.0, 1.0}, {-1.0, 1.0}}, {F(2.0 / 255), 128, 8});
  EXPECT_NEAR(levels.zero_point, 98.55, 0.5);
  EXPECT_EQ(levels.scales[0], F(1.0 / (255 - levels.zero_point)));
  EXPECT_EQ(levels.scales[1], F(1.0 / levels.zero_point));
}

TEST(ChannelLevels, AZeroPointThatIsSaidStays) {
  const ChannelLevels levels = ChooseChannelLevels({{0.0, 1.0}, {-3.0, 1.0}}, {F(6.0 / 255), 128, 8}, 128);
  EXPECT_EQ(levels.zero_point, 128);
  EXPECT_EQ(levels.scales[0], F(1.0 / 127));
  EXPECT_EQ(levels.scales[1], F(3.0 / 128));
}

TEST(ChannelLevels, OfASilentChannelNothingIsKnown) {
  const AffineParams common{F(5.1 / 255), 0, 8};
  const ChannelLevels levels = ChooseChannelLevels({{0.0, 5.1}, {0.0, 0.0}, {0.0, 1e-6}}, common);
  EXPECT_EQ(levels.scales[1], common.scale);
  EXPECT_EQ(levels.scales[2], F(common.scale / 255)) << "a range of one common step at the least";
}

TEST(ChannelLevels, FewBitsHaveFewLevels) {
  const ChannelLevels levels = ChooseChannelLevels({{0.0, 3.0}, {0.0, 30.0}}, {2.0, 0, 4});
  EXPECT_EQ(levels.scales[0], F(3.0 / 15));
  EXPECT_EQ(levels.scales[1], 2.0);
}

TEST(ChannelLevels, TheGainIsTheMeanOfBits) {
  EXPECT_NEAR(BitsGained({0, {1.0, 0.25, 0.125, 0.5}}, {1.0, 0, 8}), 6.0 / 4, 1e-12);
  EXPECT_NEAR(BitsGained({0, {2.0, 0.5}}, {1.0, 0, 8}), 0.0, 1e-12);
}

TEST(ChannelLevels, AnImageHasTheValleyOfTheFunction) {
  const auto silu = [](double x) { return x / (1.0 + std::exp(-x)); };
  const Range image = ImageOf({-4.0, 3.0}, silu);
  EXPECT_NEAR(image.low, -0.27846, 1e-4);
  EXPECT_NEAR(image.high, 3.0 / (1.0 + std::exp(-3.0)), 1e-12);
}

// What lies in front of the visible range has the value at its end, within the tolerance, and more of it has not.
TEST(ChannelLevels, FlatEndsAreNotVisible) {
  const auto silu = [](double x) { return x / (1.0 + std::exp(-x)); };
  const Range range = VisibleRange({-20.0, 5.0}, silu, 0.01);
  EXPECT_NEAR(range.high, 5.0, 0.01) << "as steep as a line";
  // x = -6.47: the function there is -0.0100 and what is before lies between that and 0.
  EXPECT_NEAR(range.low, -6.47, 0.05);
  // The depth of the valley is tolerated: 0 is as good as all that is below it.
  EXPECT_EQ(VisibleRange({-20.0, 5.0}, silu, 0.3).low, 0.0);
  const auto clipped = [&](double x) { return std::min(silu(x), 1.0); };
  EXPECT_NEAR(VisibleRange({-1.0, 20.0}, clipped, 0.0).high, 1.2785, 0.03) << "where the function reaches its end";
}

}  // namespace
}  // namespace lockstep::quantize
