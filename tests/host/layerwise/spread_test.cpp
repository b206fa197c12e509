// Means of a few numbers by hand.
#include "layerwise/spread.h"

#include <gtest/gtest.h>

#include <limits>

namespace lockstep::layerwise {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Spread Of(const std::vector<double>& numbers, bool more_is_better) {
  return *SpreadOf(
      numbers, [](double number) -> std::optional<double> { return number; }, more_is_better);
}

TEST(Spread, MinMeanAndMax) {
  const Spread spread = Of({3, 1, 8}, false);
  EXPECT_EQ(spread.min, 1.0);
  EXPECT_EQ(spread.mean, 4.0);
  EXPECT_EQ(spread.max, 8.0);
  EXPECT_FALSE(SpreadOf(
      std::vector<double>{1.0}, [](double) { return std::optional<double>(); }, true));
}

TEST(Spread, APictureWithoutErrorIsLeftOut) {
  const Spread spread = Of({30, kInfinity, 20}, true);
  EXPECT_EQ(spread.mean, 25.0);
  EXPECT_EQ(spread.min, 20.0);
  EXPECT_EQ(spread.max, kInfinity);
  EXPECT_EQ(Of({kInfinity, kInfinity}, true).mean, kInfinity);
}

TEST(Spread, AnInfinityThatMeansAllErrorIsNot) {
  EXPECT_EQ(Of({30, -kInfinity}, true).mean, -kInfinity);
  EXPECT_EQ(Of({kInfinity, -kInfinity}, true).mean, -kInfinity);
  EXPECT_EQ(Of({0.25, kInfinity}, false).mean, kInfinity);  // as errors are where there is a NaN
}

TEST(Spread, NotANumberStays) {
  for (const auto& numbers : {std::vector<double>{NAN, 45}, std::vector<double>{45, NAN}}) {
    EXPECT_TRUE(std::isnan(Of(numbers, true).mean));
    EXPECT_TRUE(std::isnan(Of(numbers, true).min));
    EXPECT_TRUE(std::isnan(Of(numbers, true).max));
  }
}

}  // namespace
}  // namespace lockstep::layerwise
