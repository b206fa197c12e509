#include "quantize/table_params.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "quantize/affine.h"

namespace lockstep::quantize {
namespace {

double Silu(double x) { return x / (1.0 + std::exp(-x)); }

TEST(TableValues, ByHand) {
  // x in steps of 0.5 around level 2, y = x^2 in steps of 1, at most 3.
  const AffineParams x{0.5, 2, 3};
  const AffineParams y{1.0, 0, 2};
  const std::vector<double> table = TableValues(
      x, [](double v) { return v * v; }, y);
  // x: -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5; x^2: 1, 0.25, 0, 0.25, 1, 2.25, 4, 6.25.
  EXPECT_EQ(table, (std::vector<double>{1, 0, 0, 0, 1, 2, 3, 3}));
}

double TrueError(const std::vector<float>& values, const AffineParams& x, const AffineParams& y) {
  const std::vector<double> table = TableValues(x, Silu, y);
  double sum = 0.0;
  for (const float value : values) {
    const double error = table[static_cast<size_t>(QuantizeValue(value, x))] - Silu(value);
    sum += error * error;
  }
  return sum;
}

TEST(ChooseTableInput, SpendsFewLevelsWhereTheFunctionIsFlat) {
  std::mt19937 random(11);
  std::normal_distribution<float> normal(-6.0F, 6.0F);
  std::vector<float> values(40000);
  for (float& value : values) value = normal(random);
  TensorStatistics statistics;
  statistics.Observe(values);
  const Range full = statistics.extremes();
  const AffineParams output = AffineFromRange({-0.28, full.high}, 8);
  const AffineParams chosen = ChooseTableInput(statistics, Silu, output);
  EXPECT_GT(RangeOf(chosen).low, full.low / 2);
  EXPECT_NEAR(RangeOf(chosen).high, full.high, full.high * 0.1);
  double least = TrueError(values, AffineFromRange(full, 8), output);
  EXPECT_LT(TrueError(values, chosen, output), least * 0.6);
  for (int i = 0; i <= 20; ++i) {
    const double low = -12.0 + 0.5 * i;
    least = std::min(least, TrueError(values, AffineFromRange({low, full.high}, 8), output));
  }
  EXPECT_LE(TrueError(values, chosen, output), least * 1.1);
}

TEST(WithHeadroom, AtTheEndsOfWhatWasSeen) {
  TensorStatistics seen;
  seen.Observe(std::vector<float>{-20.0F, 0.0F, 8.0F});
  const Range cut = RangeOf(WithHeadroom(AffineFromRange({-5.0, 7.9}, 12), seen));
  EXPECT_NEAR(cut.low, -5.0, 0.01);  // of the flat side of SiLU
  EXPECT_NEAR(cut.high, 12.0, 0.01);
  const Range whole = RangeOf(WithHeadroom(AffineFromRange({-20.0, 8.0}, 16), seen));
  EXPECT_NEAR(whole.low, -30.0, 0.01);
  EXPECT_NEAR(whole.high, 12.0, 0.01);
}

}  // namespace
}  // namespace lockstep::quantize
