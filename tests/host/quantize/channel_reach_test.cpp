#include "quantize/observers/channel_reach.h"

#include <gtest/gtest.h>

namespace lockstep::quantize {
namespace {

// Highs of 1, 2 and 3 have a mean of 2 and a standard deviation of 1; those of 5 have none.
TEST(ChannelReach, FiveDeviationsBeyondTheMean) {
  ChannelReach reach;
  reach.Observe({{0.0, 1.0}, {-5.0, 5.0}});
  reach.Observe({{0.0, 2.0}, {-5.0, 5.0}});
  reach.Observe({{0.0, 3.0}, {-5.0, 5.0}});
  const std::vector<Range> ranges = reach.Ranges();
  ASSERT_EQ(ranges.size(), 2u);
  EXPECT_EQ(ranges[0].low, 0.0);
  EXPECT_NEAR(ranges[0].high, 7.0, 1e-12);
  EXPECT_NEAR(ranges[1].low, -5.0, 1e-12);
  EXPECT_NEAR(ranges[1].high, 5.0, 1e-12);
}

TEST(ChannelReach, WhatWasSeenBelongsToIt) {
  ChannelReach reach;
  for (int i = 0; i < 99; ++i) reach.Observe({{-1.0, 0.0}});
  reach.Observe({{-100.0, 0.0}});
  EXPECT_EQ(reach.Ranges()[0].low, -100.0) << "further than five deviations from the mean: -51.5";
}

TEST(ChannelReach, OfOnePictureTwiceAsFar) {
  ChannelReach reach;
  reach.Observe({{-1.0, 2.0}, {0.5, 3.0}});
  EXPECT_EQ(reach.Ranges()[0].low, -2.0);
  EXPECT_EQ(reach.Ranges()[0].high, 4.0);
  EXPECT_EQ(reach.Ranges()[1].low, 0.5);
}

}  // namespace
}  // namespace lockstep::quantize
