// Every expectation is worked out by hand beside the case.
#include "judge/numbers.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lockstep::judge {
namespace {

// Levels 0, 1, 2, 3 stand for -0.5, 0, 0.5, 1.
const quantize::AffineParams kTwoBits{0.5, 1, 2};

TEST(Numbers, LevelsAndValuesBeyondThem) {
  NumbersSum sum(kTwoBits);
  const float truth[] = {0.0F, 0.4F, 1.25F, 1.3F, -2.0F};
  const float measured[] = {0.0F, 0.5F, 1.0F, 1.0F, -0.5F};
  sum.Add(truth, measured, 3);
  sum.Add(truth + 3, measured + 3, 2);
  const Numbers numbers = sum.Finish();
  EXPECT_EQ(numbers.levels, 4);
  EXPECT_EQ(numbers.levels_used, 4);
  EXPECT_DOUBLE_EQ(numbers.saturated, 2.0 / 5.0)
      << "1.25 is half a step beyond and rounds to the last level: it counts not";
  EXPECT_EQ(numbers.low, -2.0);
  EXPECT_FLOAT_EQ(static_cast<float>(numbers.high), 1.3F);
  EXPECT_EQ(numbers.step, 0.5);
}

TEST(Numbers, TheTensorsOwnRoundingIsToldFromWhatWasLostBefore) {
  // Rounded, 0.4 is 0.5 and 0.8 is 1: errors 0.1 and 0.2, signal 0.16 + 0.64. Measured is 0 throughout: SQNR 0 dB.
  NumbersSum sum(kTwoBits);
  const float truth[] = {0.4F, 0.8F};
  const float measured[] = {0.0F, 0.0F};
  sum.Add(truth, measured, 2);
  const Numbers numbers = sum.Finish();
  ASSERT_TRUE(numbers.rounding_sqnr_db);
  EXPECT_NEAR(*numbers.rounding_sqnr_db, 10.0 * std::log10(0.80 / 0.05), 1e-5);
  EXPECT_EQ(numbers.metrics.sqnr_db, 0.0);
  EXPECT_EQ(numbers.levels_used, 1);
  EXPECT_TRUE(numbers.Constant());
}

TEST(Numbers, FloatsHaveNoLevels) {
  NumbersSum sum(std::nullopt);
  const float values[] = {1.0F, NAN, 3.0F};
  sum.Add(values, values, 3);
  const Numbers numbers = sum.Finish();
  EXPECT_FALSE(numbers.rounding_sqnr_db);
  EXPECT_EQ(numbers.truth_not_finite, 1U);
  EXPECT_EQ(numbers.low, 1.0);
  EXPECT_EQ(numbers.high, 3.0);
}

}  // namespace
}  // namespace lockstep::judge
