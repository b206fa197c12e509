#include "quantize/observers/range_choice.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "graph/error.h"
#include "quantize/affine.h"

namespace lockstep::quantize {
namespace {

TensorStatistics Observed(const std::vector<float>& values) {
  TensorStatistics statistics;
  statistics.Observe(values);
  return statistics;
}

std::vector<float> Normal(size_t count, float mean, float deviation) {
  std::mt19937 random(5);
  std::normal_distribution<float> normal(mean, deviation);
  std::vector<float> values(count);
  for (float& value : values) value = normal(random);
  return values;
}

// The mean squared error of the values themselves, not of the histogram.
double TrueError(const std::vector<float>& values, const Range& range) {
  const AffineParams params = AffineFromRange(range, 8);
  double sum = 0.0;
  for (const float value : values) {
    const double error = DequantizeValue(QuantizeValue(value, params), params) - value;
    sum += error * error;
  }
  return sum / static_cast<double>(values.size());
}

TEST(ChooseRange, MinMaxAndMovingAverage) {
  TensorStatistics statistics = Observed({-1, 2});
  const std::vector<float> second{-3, 6};
  statistics.Observe(second);
  const Range extremes = ChooseRange(statistics, {ObserverKind::kMinMax, 100.0}, 8);
  EXPECT_EQ(extremes.low, -3.0);
  EXPECT_EQ(extremes.high, 6.0);
  const Range average = ChooseRange(statistics, {ObserverKind::kMovingAverage, 100.0}, 8);
  EXPECT_NEAR(average.low, -1.2, 1e-12);
  EXPECT_NEAR(average.high, 2.4, 1e-12);
}

TEST(ChooseRange, AlwaysContainsZero) {
  for (const float sign : {1.0F, -1.0F}) {
    std::vector<float> values = Normal(10000, 20.0F, 1.0F);
    for (float& value : values) value *= sign;
    const TensorStatistics statistics = Observed(values);
    for (const ObserverKind kind : {ObserverKind::kMinMax, ObserverKind::kMovingAverage, ObserverKind::kPercentile,
                                    ObserverKind::kMse, ObserverKind::kKl, ObserverKind::kAdmm, ObserverKind::kOctav}) {
      const Range range = ChooseRange(statistics, {kind, 99.9}, 8);
      EXPECT_LE(range.low, 0.0) << ToText(kind);
      EXPECT_GE(range.high, 0.0) << ToText(kind);
      EXPECT_GT(range.high - range.low, 18.0) << ToText(kind);
      EXPECT_LT(range.high - range.low, 25.0) << ToText(kind);
    }
  }
}

TEST(PercentileRange, LeavesOutTheOutermost) {
  // 0..9999 with one outlier on each side; 99.9 % leaves out 5 values on each side.
  std::vector<float> values(10000);
  for (size_t i = 0; i < values.size(); ++i) values[i] = (static_cast<float>(i) - 5000.0F) / 5000.0F;
  values[0] = -60.0F;
  values[9999] = 50.0F;
  const Range range = PercentileRange(Observed(values), 99.9);
  EXPECT_NEAR(range.low, -0.999, 64.0 / 4096);
  EXPECT_NEAR(range.high, 0.999, 64.0 / 4096);
  const Range all = PercentileRange(Observed(values), 100.0);
  EXPECT_NEAR(all.low, -60.0, 64.0 / 4096);
  EXPECT_NEAR(all.high, 50.0, 64.0 / 4096);
}

TEST(MseRange, IsAsGoodAsTheBestOfAFineGrid) {
  std::vector<float> values = Normal(50000, 0.5F, 1.0F);
  for (size_t i = 0; i < 20; ++i) values[i * 100] = 30.0F + static_cast<float>(i);
  const Range chosen = MseRange(Observed(values), 8);
  double least = TrueError(values, {-4, 49});
  for (int i = 0; i <= 12; ++i) {
    for (int j = 0; j <= 92; ++j) least = std::min(least, TrueError(values, {-5.0 + 0.25 * i, 3.0 + 0.5 * j}));
  }
  EXPECT_LE(TrueError(values, chosen), least * 1.05);
  EXPECT_LT(TrueError(values, chosen), TrueError(values, {-4, 49}));
}

TEST(MseRange, KeepsTheExtremesOfAUniformDistribution) {
  std::vector<float> values(100000);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) / 50000.0F - 1.0F;
  const Range range = MseRange(Observed(values), 8);
  EXPECT_NEAR(range.low, -1.0, 0.02);
  EXPECT_NEAR(range.high, 1.0, 0.02);
}

TEST(KlRange, CutsALongTail) {
  std::vector<float> values = Normal(200000, 0.0F, 1.0F);
  values[0] = 100.0F;
  const Range range = KlRange(Observed(values), 8);
  EXPECT_LT(range.high, 20.0);
  EXPECT_GT(range.high, 2.5);
  EXPECT_LT(range.low, -2.5);
}

TEST(KlRange, KeepsTheExtremesOfAUniformDistribution) {
  std::vector<float> values(100000);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) / 100000.0F;
  EXPECT_NEAR(KlRange(Observed(values), 8).high, 1.0, 0.02);
}

TEST(ChooseRange, SixteenBitsTakeTheExtremesAndHalfAsMuch) {
  std::vector<float> values = Normal(10000, 0.0F, 1.0F);
  values[0] = 500.0F;
  EXPECT_EQ(ChooseRange(Observed(values), {ObserverKind::kPercentile, 99.0}, 16).high, 750.0);
  EXPECT_EQ(ChooseRange(Observed(values), {ObserverKind::kPercentile, 99.0}, 13).high, 750.0);
  EXPECT_LT(ChooseRange(Observed(values), {ObserverKind::kPercentile, 99.0}, 12).high, 500.0);
}

// What is known of the normal distribution: Banner et al., Post-training 4-bit quantization of convolution networks for
// rapid-deployment, 2018: 2.55 and 3.92 deviations.
TEST(OctavRange, ClipsTheNormalDistributionWhereItIsBest) {
  const TensorStatistics statistics = Observed(Normal(400000, 0.0F, 2.0F));
  const Range four = OctavRange(statistics, 4);
  EXPECT_NEAR(four.high, 2 * 2.55, 0.15);
  EXPECT_NEAR(four.low, -2 * 2.55, 0.15);
  const Range eight = OctavRange(statistics, 8);
  EXPECT_NEAR(eight.high, 2 * 3.92, 0.25);
  EXPECT_NEAR(eight.low, -2 * 3.92, 0.25);
}

// The formula's own minimum for x = 1 (ninety times) and x = 10 (ten times) in 2 bits, N = 3, noise 90 h^2 / (12 * 9):
// d/dh (0.8333 h^2 + 10 (10 - h)^2) = 0 at h = 100 / 10.8333.
TEST(OctavRange, IsTheMinimumOfItsFormula) {
  std::vector<float> values(90, 1.0F);
  values.insert(values.end(), 10, 10.0F);
  const Range range = OctavRange(Observed(values), 2);
  EXPECT_NEAR(range.high, 100.0 / (10.0 + 90.0 / 108.0), 0.02);
  EXPECT_EQ(range.low, 0.0);
}

TEST(OctavRange, KeepsTheExtremesWhereEveryValueCounts) {
  const Range range = OctavRange(Observed(std::vector<float>(1000, 0.0F)), 8);
  EXPECT_EQ(range.low, 0.0);
  EXPECT_EQ(range.high, 0.0);
}

TEST(AdmmRange, IsNoWorseThanTheExtremesAndAboutAsGoodAsTheSearch) {
  for (const float outlier : {3.0F, 12.0F, 60.0F}) {
    std::vector<float> values = Normal(50000, 0.5F, 1.0F);
    values[0] = outlier;
    const TensorStatistics statistics = Observed(values);
    const double extremes = TrueError(values, ChooseRange(statistics, {ObserverKind::kMinMax, 100.0}, 8));
    const double searched = TrueError(values, MseRange(statistics, 8));
    const double alternated = TrueError(values, AdmmRange(statistics, 8));
    EXPECT_LE(alternated, extremes * 1.01) << outlier;
    EXPECT_LE(alternated, searched * 1.1) << outlier;
  }
}

TEST(ChooseRange, SymmetricRangesHaveZeroInTheMiddle) {
  RangeOptions options;
  options.symmetric = true;
  const Range range = ChooseRange(Observed({-1.0F, 3.0F}), options, 8);
  EXPECT_EQ(range.high, 3.0);
  EXPECT_EQ(AffineFromRange(range, 8).zero_point, 128);
  EXPECT_FLOAT_EQ(static_cast<float>(AffineFromRange(range, 8).scale), 3.0F / 127.0F);
  for (const ObserverKind kind : {ObserverKind::kMse, ObserverKind::kKl, ObserverKind::kAdmm, ObserverKind::kOctav}) {
    options.kind = kind;
    const Range chosen = ChooseRange(Observed(Normal(10000, 1.0F, 1.0F)), options, 4);
    EXPECT_EQ(AffineFromRange(chosen, 4).zero_point, 8) << ToText(kind);
    EXPECT_GT(chosen.high, 0.5) << ToText(kind);
  }
}

TEST(ChooseRange, SymmetricRangesOfValuesThatAreNeverNegativeBeginAtZero) {
  RangeOptions options;
  options.symmetric = true;
  for (const ObserverKind kind : kObservers) {
    options.kind = kind;
    const Range range = ChooseRange(Observed({0.0F, 0.5F, 1.0F, 3.0F}), options, 8);
    EXPECT_EQ(AffineFromRange(range, 8).zero_point, 0) << ToText(kind);
    EXPECT_EQ(range.high, ChooseRange(Observed({0.0F, 0.5F, 1.0F, 3.0F}), {kind}, 8).high) << ToText(kind);
  }
  options.kind = ObserverKind::kMinMax;
  EXPECT_EQ(AffineFromRange(ChooseRange(Observed({-3.0F, -1.0F}), options, 8), 8).zero_point, 128);
}

TEST(ChooseRange, NothingObserved) {
  const Range range = ChooseRange(TensorStatistics(), {ObserverKind::kMse, 99.0}, 8);
  EXPECT_EQ(range.low, 0.0);
  EXPECT_EQ(range.high, 0.0);
}

TEST(ObserverKind, NamesGoBothWays) {
  for (const char* name : {"minmax", "moving_average", "percentile", "mse", "kl", "admm", "octav", "auto"}) {
    EXPECT_STREQ(ToText(ParseObserverKind(name)), name);
  }
  EXPECT_THROW(ParseObserverKind("MinMax"), UsageError);
}

}  // namespace
}  // namespace lockstep::quantize
