#include "quantize/affine.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lockstep::quantize {
namespace {

TEST(Affine, ByHand) {
  // -1..1.55 in 255 steps of 0.01; 0 is level 100.
  const AffineParams params = AffineFromRange({-1.0, 1.55}, 8);
  EXPECT_EQ(params.scale, static_cast<double>(static_cast<float>(2.55 / 255)));
  EXPECT_EQ(params.zero_point, 100);
  EXPECT_EQ(params.bits, 8);
}

TEST(Affine, RangeIsWidenedToZero) {
  const AffineParams above = AffineFromRange({2.0, 5.1}, 8);
  EXPECT_EQ(above.zero_point, 0);
  EXPECT_FLOAT_EQ(static_cast<float>(above.scale), 0.02F);
  const AffineParams below = AffineFromRange({-5.1, -2.0}, 8);
  EXPECT_EQ(below.zero_point, 255);
}

TEST(Affine, ZeroIsAlwaysALevel) {
  for (int i = 0; i <= 17; ++i) {
    for (int j = 0; j <= 15; ++j) {
      const double low = -0.17 * i;
      const double high = 0.19 * j;
      if (i == 0 && j == 0) continue;  // has no extent of its own, see EmptyAndTinyRanges
      for (const int bits : {4, 8, 16}) {
        const AffineParams params = AffineFromRange({low, high}, bits);
        EXPECT_GE(params.zero_point, 0);
        EXPECT_LE(params.zero_point, params.high());
        EXPECT_EQ(DequantizeValue(QuantizeValue(0.0, params), params), 0.0);
        EXPECT_NEAR(RangeOf(params).low, low, params.scale * 0.51);
        EXPECT_NEAR(RangeOf(params).high, high, params.scale * 0.51);
      }
    }
  }
}

TEST(Affine, EmptyAndTinyRanges) {
  EXPECT_EQ(AffineFromRange({0.0, 0.0}, 8).scale, static_cast<double>(1.0F / 255.0F));
  EXPECT_EQ(AffineFromRange({0.0, 1e-44}, 8).scale, static_cast<double>(1.0F / 255.0F));
}

TEST(Affine, RoundsHalfUpAndClamps) {
  const AffineParams params{0.5, 10, 8};
  EXPECT_EQ(QuantizeValue(0.25, params), 11);
  EXPECT_EQ(QuantizeValue(-0.25, params), 10);
  EXPECT_EQ(QuantizeValue(0.24, params), 10);
  EXPECT_EQ(QuantizeValue(1e30, params), 255);
  EXPECT_EQ(QuantizeValue(-1e30, params), 0);
  EXPECT_EQ(QuantizeValue(1e30, AffineParams{0.5, 10, 4}), 15);
  EXPECT_EQ(QuantizeValue(INFINITY, params), 255);
  EXPECT_EQ(QuantizeValue(-INFINITY, params), 0);
  EXPECT_EQ(QuantizeValue(NAN, params), 10);
}

}  // namespace
}  // namespace lockstep::quantize
