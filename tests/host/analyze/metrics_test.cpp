// Every expectation is worked out by hand beside the case.
#include "analyze/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "graph/error.h"

namespace lockstep::analyze {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

TEST(Metrics, HandComputed) {
  // dot 3*4+4*3 = 24, norms 5 and 5; errors 1 and -1.
  const Metrics metrics = Compare({3, 4}, {4, 3}, 0.25);
  EXPECT_DOUBLE_EQ(metrics.cosine, 24.0 / 25.0);
  EXPECT_DOUBLE_EQ(metrics.sqnr_db, 10.0 * std::log10(25.0 / 2.0));
  EXPECT_DOUBLE_EQ(metrics.max_abs, 1.0);
  EXPECT_DOUBLE_EQ(metrics.max_steps, 4.0);
  EXPECT_DOUBLE_EQ(metrics.mean_abs, 1.0);
  EXPECT_DOUBLE_EQ(metrics.mse, 1.0);
  EXPECT_DOUBLE_EQ(metrics.l1, 2.0);
  EXPECT_DOUBLE_EQ(metrics.l2, std::sqrt(2.0));
  EXPECT_DOUBLE_EQ(metrics.relative_error, std::sqrt(2.0) / 5.0);
  EXPECT_EQ(metrics.count, 2u);
  EXPECT_EQ(metrics.not_finite, 0u);
}

TEST(Metrics, MeansDifferFromMaximum) {
  // Errors 0, 2, 0, -4: mean |e| 1.5, mean e^2 5.
  const Metrics metrics = Compare({1, 1, 1, 1}, {1, 3, 1, -3});
  EXPECT_DOUBLE_EQ(metrics.max_abs, 4.0);
  EXPECT_DOUBLE_EQ(metrics.mean_abs, 1.5);
  EXPECT_DOUBLE_EQ(metrics.mse, 5.0);
  EXPECT_DOUBLE_EQ(metrics.max_steps, 0.0);
  EXPECT_DOUBLE_EQ(metrics.cosine, 2.0 / (2.0 * std::sqrt(20.0)));
}

TEST(Metrics, EqualVectorsAreExact) {
  const Metrics metrics = Compare({0.1F, -7.25F, 3e8F}, {0.1F, -7.25F, 3e8F}, 0.1);
  EXPECT_DOUBLE_EQ(metrics.cosine, 1.0);
  EXPECT_TRUE(std::isinf(metrics.sqnr_db) && metrics.sqnr_db > 0);
  EXPECT_EQ(metrics.max_abs, 0.0);
  EXPECT_EQ(metrics.relative_error, 0.0);
}

TEST(Metrics, RelativeErrorOfNothing) {
  EXPECT_EQ(Compare({0, 0}, {0, 0}).relative_error, 0.0);
  EXPECT_TRUE(std::isinf(Compare({0, 0}, {0, 1}).relative_error));
}

TEST(Metrics, OppositeAndOrthogonal) {
  EXPECT_DOUBLE_EQ(Compare({1, 2}, {-1, -2}).cosine, -1.0);
  EXPECT_DOUBLE_EQ(Compare({1, 2}, {2, -1}).cosine, 0.0);
}

TEST(Metrics, ZeroVectors) {
  EXPECT_DOUBLE_EQ(Compare({0, 0}, {0, 0}).cosine, 1.0);
  EXPECT_GT(Compare({0, 0}, {0, 0}).sqnr_db, 0.0);
  const Metrics lost = Compare({1, 0}, {0, 0});
  EXPECT_DOUBLE_EQ(lost.cosine, 0.0);
  EXPECT_DOUBLE_EQ(lost.sqnr_db, 0.0);  // the error is as large as the signal
  const Metrics invented = Compare({0, 0}, {1, 0});
  EXPECT_DOUBLE_EQ(invented.cosine, 0.0);
  EXPECT_TRUE(std::isinf(invented.sqnr_db) && invented.sqnr_db < 0);
}

TEST(Metrics, NothingToCompare) {
  const Metrics metrics = Compare(std::vector<float>{}, std::vector<float>{});
  EXPECT_DOUBLE_EQ(metrics.cosine, 1.0);
  EXPECT_EQ(metrics.mean_abs, 0.0);
  EXPECT_EQ(metrics.count, 0u);
}

TEST(Metrics, SameSpecialValuesAreLeftOut) {
  const Metrics metrics = Compare({kNan, kInfinity, -kInfinity, 2}, {kNan, kInfinity, -kInfinity, 3});
  EXPECT_EQ(metrics.not_finite, 3u);
  EXPECT_DOUBLE_EQ(metrics.max_abs, 1.0);
  EXPECT_DOUBLE_EQ(metrics.mean_abs, 1.0);  // over the one finite element
  EXPECT_DOUBLE_EQ(metrics.cosine, 1.0);
}

TEST(Metrics, DifferentSpecialValuesSpoilEverything) {
  for (const auto& [reference, measured] :
       {std::pair{kNan, 1.0F}, std::pair{1.0F, kNan}, std::pair{kInfinity, -kInfinity}, std::pair{kNan, kInfinity}}) {
    const Metrics metrics = Compare({1, reference}, {1, measured}, 0.5);
    EXPECT_TRUE(std::isnan(metrics.cosine)) << reference << " " << measured;
    EXPECT_TRUE(std::isnan(metrics.sqnr_db));
    EXPECT_TRUE(std::isinf(metrics.max_abs) && std::isinf(metrics.max_steps) && std::isinf(metrics.mse));
  }
}

TEST(Metrics, LargeFloatsDoNotOverflow) {
  const Metrics metrics = Compare({3e38F, 3e38F}, {3e38F, -3e38F});
  EXPECT_DOUBLE_EQ(metrics.cosine, 0.0);
  EXPECT_DOUBLE_EQ(metrics.max_abs, 2.0 * static_cast<double>(3e38F));
}

TEST(Metrics, PiecesAddUp) {
  const std::vector<float> reference{1, 2, 3, 4, 5};
  const std::vector<float> measured{1, 2, 2, 4, 7};
  MetricsSum sum;
  sum.Add(reference.data(), measured.data(), 2);
  sum.Add(reference.data() + 2, measured.data() + 2, 3);
  const Metrics pieces = sum.Finish(0.5);
  const Metrics whole = Compare(reference, measured, 0.5);
  EXPECT_EQ(pieces.cosine, whole.cosine);
  EXPECT_EQ(pieces.mse, whole.mse);
  EXPECT_EQ(pieces.mse, 1.0);  // (1 + 4) / 5
  EXPECT_EQ(pieces.max_steps, 4.0);
}

TEST(Metrics, SizesMustAgree) { EXPECT_THROW(Compare(std::vector<float>{1, 2}, std::vector<float>{1}), UsageError); }

// Two channels of two elements, twice: the largest error is not the one of most steps.
TEST(Metrics, StepsOfChannels) {
  const std::vector<float> reference{0, 0, 0, 0, 0, 0, 0, 0};
  const std::vector<float> measured{1, 0, 0, 0.5F, 0, 0, 0, 0};
  const Metrics metrics = Compare(reference, measured, Steps{{1.0, 0.125}, 2});
  EXPECT_EQ(metrics.max_abs, 1.0);
  EXPECT_EQ(metrics.max_steps, 4.0);
  EXPECT_EQ(Compare(reference, measured, Steps{{0.25}, 1}).max_steps, 4.0);
  const std::vector<float> lost{1, 0, 0, NAN, 0, 0, 0, 0};
  EXPECT_TRUE(std::isinf(Compare(reference, lost, Steps{{1.0, 0.125}, 2}).max_steps));
}

// 10 dB is a tenth, 20 dB a hundredth.
TEST(Metrics, ErrorShareOfParts) {
  const auto of = [](double db) {
    Metrics metrics;
    metrics.sqnr_db = db;
    return metrics;
  };
  EXPECT_NEAR(ErrorShare({{"a", of(10)}, {"b", of(20)}}), 0.11, 1e-12);
  EXPECT_EQ(ErrorShare({{"lost", of(-30)}, {"nan", of(NAN)}, {"all", of(-INFINITY)}}), 3.0);
  EXPECT_EQ(ErrorShare({{"same", of(INFINITY)}}), 0.0);
}

}  // namespace
}  // namespace lockstep::analyze
