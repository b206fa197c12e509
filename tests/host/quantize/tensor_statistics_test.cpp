#include "quantize/observers/tensor_statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace lockstep::quantize {
namespace {

TensorStatistics Observed(const std::vector<std::vector<float>>& pictures) {
  TensorStatistics statistics;
  for (const auto& picture : pictures) EXPECT_TRUE(statistics.Observe(picture.data(), picture.size()));
  return statistics;
}

TEST(TensorStatistics, ExtremesAndMovingAverage) {
  const TensorStatistics statistics = Observed({{-1, 2}, {-3, 1}, {0, 5}});
  EXPECT_EQ(statistics.extremes().low, -3.0);
  EXPECT_EQ(statistics.extremes().high, 5.0);
  // -1, then 0.9 * -1 + 0.1 * -3 = -1.2, then 0.9 * -1.2 + 0.1 * 0 = -1.08; 2, then 1.9, then 2.21.
  EXPECT_NEAR(statistics.moving_average().low, -1.08, 1e-12);
  EXPECT_NEAR(statistics.moving_average().high, 2.21, 1e-12);
}

TEST(TensorStatistics, ValuesThatAreNotFiniteAreRefused) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                          -std::numeric_limits<float>::infinity()}) {
    for (const size_t place : {0U, 3U, 8U, 1500U, 199999U}) {
      std::vector<float> values(place < 9 ? 9 : 200000, 1.0F);
      values[place] = bad;
      TensorStatistics statistics = Observed({{1, 2}});
      EXPECT_FALSE(statistics.Observe(values.data(), values.size(), 2)) << bad << " at " << place;
    }
  }
}

TEST(TensorStatistics, ManyValuesInThreads) {
  std::vector<float> values(200003);
  for (size_t i = 0; i < values.size(); ++i) values[i] = std::sin(static_cast<float>(i));
  values[150000] = 7.5F;
  values[1234] = -6.5F;
  TensorStatistics one;
  TensorStatistics two;
  ASSERT_TRUE(one.Observe(values.data(), values.size(), 1));
  ASSERT_TRUE(two.Observe(values.data(), values.size(), 2));
  EXPECT_EQ(two.extremes().low, -6.5);
  EXPECT_EQ(two.extremes().high, 7.5);
  EXPECT_EQ(one.histogram().counts(), two.histogram().counts());
}

TEST(TensorStatistics, MergeIsTheUnion) {
  TensorStatistics statistics = Observed({{-1, 2}});
  statistics.Merge(Observed({{-4, 1}, {0, 0}}));
  EXPECT_EQ(statistics.extremes().low, -4.0);
  EXPECT_EQ(statistics.extremes().high, 2.0);
  EXPECT_NEAR(statistics.moving_average().low, -3.6, 1e-12);
  EXPECT_EQ(statistics.moving_average().high, 2.0);
  EXPECT_EQ(statistics.histogram().total(), 6u);
}

TEST(TensorStatistics, MapFindsTheMinimumInside) {
  // x * sigmoid(x) has its minimum -0.27846 at -1.27846, between the extremes.
  const TensorStatistics statistics = Observed({{-8, 4}}).Map([](double x) { return x / (1.0 + std::exp(-x)); });
  EXPECT_NEAR(statistics.extremes().low, -0.278465, 1e-5);
  EXPECT_NEAR(statistics.extremes().high, 4.0 / (1.0 + std::exp(-4.0)), 1e-9);
  EXPECT_EQ(statistics.histogram().total(), 2u);
}

TEST(TensorStatistics, Empty) {
  TensorStatistics statistics;
  EXPECT_TRUE(statistics.Observe(nullptr, 0));
  EXPECT_TRUE(statistics.empty());
  statistics.Merge(TensorStatistics());
  EXPECT_TRUE(statistics.empty());
}

}  // namespace
}  // namespace lockstep::quantize
