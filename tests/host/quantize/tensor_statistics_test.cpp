#include "quantize/observers/tensor_statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace lockstep::quantize {
namespace {

TensorStatistics Observed(const std::vector<std::vector<float>>& pictures) {
  TensorStatistics statistics;
  for (const auto& picture : pictures) statistics.Observe(picture);
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

TEST(TensorStatistics, AnExtremeShowsWhatIsNotFinite) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                          -std::numeric_limits<float>::infinity()}) {
    for (const size_t place : {0U, 3U, 8U, 1500U, 199999U}) {
      std::vector<float> values(place < 9 ? 9 : 200000, 1.0F);
      values[place] = bad;
      HistogramCounter counter;
      const Range extremes = counter.Count(values.data(), values.size());
      EXPECT_FALSE(std::isfinite(extremes.low) && std::isfinite(extremes.high)) << bad << " at " << place;
    }
  }
}

TEST(TensorStatistics, PicturesCountedElsewhere) {
  const std::vector<std::vector<float>> pictures = {{-1, 2}, {-3, 1}, {0, 5}};
  const TensorStatistics whole = Observed(pictures);
  TensorStatistics apart;
  std::vector<HistogramCounter> counters(2);
  for (size_t i = 0; i < pictures.size(); ++i) {
    apart.ObserveExtremes(counters[i % 2].Count(pictures[i].data(), pictures[i].size()));
  }
  for (const HistogramCounter& counter : counters) apart.Add(counter);
  EXPECT_EQ(apart.extremes().low, whole.extremes().low);
  EXPECT_EQ(apart.moving_average().high, whole.moving_average().high);
  EXPECT_EQ(apart.histogram().counts(), whole.histogram().counts());
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
  statistics.Observe({});
  EXPECT_TRUE(statistics.empty());
  statistics.Merge(TensorStatistics());
  EXPECT_TRUE(statistics.empty());
}

}  // namespace
}  // namespace lockstep::quantize
