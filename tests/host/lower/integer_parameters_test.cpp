#include "lower/integer_parameters.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "arithmetic/rq1.h"
#include "graph/error.h"

namespace lockstep::test {
namespace {

using lower::AddMultipliers;
using lower::FixedMultiplier;
using lower::ToAddMultipliers;
using lower::ToFixed;

long double ValueOf(const FixedMultiplier& fixed) {
  return std::ldexp(static_cast<long double>(fixed.m), -(31 + fixed.s));
}

TEST(FixedMultiplier, IsTheNearestWithThirtyOneBits) {
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> mantissa(0.5, 1.0);
  for (int i = 0; i < 200000; ++i) {
    const double real = std::ldexp(mantissa(random), static_cast<int>(random() % 61) - 31);
    const FixedMultiplier fixed = ToFixed(real);
    ASSERT_GE(fixed.m, rq1::kMinMultiplier) << real;
    ASSERT_GE(fixed.s, rq1::kMinShift) << real;
    ASSERT_LE(fixed.s, rq1::kMaxShift) << real;
    const long double step = std::ldexp(1.0L, -(31 + fixed.s));
    ASSERT_LE(std::abs(ValueOf(fixed) - static_cast<long double>(real)), step / 2) << real;
  }
}

TEST(FixedMultiplier, PowersOfTwoAndTheirNeighbours) {
  EXPECT_EQ(ToFixed(1.0).m, 1 << 30);
  EXPECT_EQ(ToFixed(1.0).s, -1);
  EXPECT_EQ(ToFixed(0.5).s, 0);
  // 1 - 2^-53 rounds up to a power of two, which has another exponent.
  EXPECT_EQ(ToFixed(std::nextafter(1.0, 0.0)).m, 1 << 30);
  EXPECT_EQ(ToFixed(std::nextafter(1.0, 0.0)).s, -1);
  EXPECT_EQ(ToFixed(std::ldexp(1.0, 29)).s, -30);
}

TEST(FixedMultiplier, TinyRealsRoundEveryAccumulatorToZero) {
  for (const double real : {std::ldexp(1.0, -33), 1e-30, 5e-324}) {
    const FixedMultiplier fixed = ToFixed(real);
    EXPECT_EQ(rq1::Requantize(INT32_MAX, fixed.m, fixed.s), 0);
    EXPECT_EQ(rq1::Requantize(-INT32_MAX, fixed.m, fixed.s), 0);
  }
}

TEST(FixedMultiplier, HugeRealsTakeEveryIntegerBeyondSixteenBits) {
  for (const double real : {std::ldexp(1.0, 30), 1e12, 1e300}) {
    const FixedMultiplier fixed = ToFixed(real);
    EXPECT_GT(rq1::Requantize(1, fixed.m, fixed.s), 65535);
    EXPECT_LT(rq1::Requantize(-1, fixed.m, fixed.s), -65535);
    EXPECT_EQ(rq1::Requantize(0, fixed.m, fixed.s), 0);
  }
}

TEST(FixedMultiplier, RefusesWhatIsNoRatio) {
  for (const double real : {0.0, -1.0, HUGE_VAL, std::nan("")}) {
    EXPECT_THROW(ToFixed(real), UnsupportedModel) << real;
  }
}

TEST(AddMultipliers, TakeTheLargestShiftWithinTheLimit) {
  std::mt19937_64 random(11);
  std::uniform_real_distribution<double> exponent(-12.0, 12.0);
  for (int i = 0; i < 20000; ++i) {
    const bool wide = (random() & 1) != 0;
    const double a = std::exp2(exponent(random));
    const double b = -std::exp2(exponent(random));
    const AddMultipliers fixed = ToAddMultipliers(a, b, wide);
    const int32_t limit = wide ? 1 << 30 : 1 << 21;
    const int largest_shift = wide ? 46 : 30;
    ASSERT_LE(std::abs(fixed.a), limit);
    ASSERT_LE(std::abs(fixed.b), limit);
    ASSERT_GE(fixed.shift, 1);
    ASSERT_LE(fixed.shift, largest_shift);
    ASSERT_NEAR(std::ldexp(static_cast<double>(fixed.a), -fixed.shift), a, std::ldexp(0.5, -fixed.shift));
    ASSERT_NEAR(std::ldexp(static_cast<double>(fixed.b), -fixed.shift), b, std::ldexp(0.5, -fixed.shift));
    if (fixed.shift < largest_shift) {
      ASSERT_GT(std::max(a, -b) * std::exp2(fixed.shift + 1), limit) << "a larger shift would have fitted";
    }
  }
}

TEST(AddMultipliers, EightBitSumsStayInThirtyTwoBits) {
  for (const double ratio : {1.0, 0.001, 3.999, 255.0}) {
    const AddMultipliers fixed = ToAddMultipliers(ratio, ratio, false);
    const int64_t largest = 255 * (int64_t{std::abs(fixed.a)} + std::abs(fixed.b)) + (int64_t{1} << (fixed.shift - 1));
    EXPECT_LT(largest, int64_t{1} << 31) << ratio;
  }
  EXPECT_THROW(ToAddMultipliers(std::exp2(22), 1.0, false), UnsupportedModel);
}

TEST(FunctionTable, RoundsHalfUpAndClamps) {
  const quantize::AffineParams from{0.5, 10, 8};
  const quantize::AffineParams to{1.0, 3, 8};
  const std::vector<int32_t> table = lower::FunctionTable([](double x) { return 2.5 * x; }, from, to);
  ASSERT_EQ(table.size(), 256U);
  EXPECT_EQ(table[10], 3);  // 0
  EXPECT_EQ(table[12], 6);  // 2.5 rounds to 3
  EXPECT_EQ(table[8], 1);   // -2.5 rounds to -2
  EXPECT_EQ(table[0], 0);   // -12.5 is clamped
  EXPECT_EQ(table[255], 255);
}

// Of a logarithm: nothing below 0, the lowest level at 0.
TEST(FunctionTable, HoldsEndsForInfinitiesAndTheZeroPointForNaN) {
  const quantize::AffineParams from{0.5, 2, 8};
  const quantize::AffineParams to{0.25, 100, 8};
  const std::vector<int32_t> log = lower::FunctionTable([](double x) { return std::log(x); }, from, to);
  EXPECT_EQ(log[0], 100);
  EXPECT_EQ(log[1], 100);
  EXPECT_EQ(log[2], 0);
  EXPECT_EQ(log[4], 100);  // log(1)
  const std::vector<int32_t> inverse = lower::FunctionTable([](double x) { return 1.0 / x; }, from, to);
  EXPECT_EQ(inverse[2], 255);
  EXPECT_EQ(inverse[1], 92);  // -2
}

TEST(FunctionTable, SixteenBitEntriesAreLittleEndian) {
  EXPECT_EQ(lower::ToBytes({0x1234, 5}, {1.0, 0, 16}), (std::vector<uint8_t>{0x34, 0x12, 5, 0}));
  EXPECT_EQ(lower::ToBytes({7, 5}, {1.0, 0, 8}), (std::vector<uint8_t>{7, 5}));
}

TEST(SoftmaxTable, FillsThirtyTwoBitsAtMost) {
  for (const int64_t length : {1, 2, 16, 511, 512, 513, 1000, 100000}) {
    const std::vector<uint32_t> table = lower::SoftmaxTable({0.1, 0, 8}, length);
    const auto largest = static_cast<int64_t>(table[0]);
    EXPECT_LT(largest * length, int64_t{1} << 32) << length;
    EXPECT_TRUE(largest == 1 << 23 || largest * 2 * length >= int64_t{1} << 32) << length;
    EXPECT_EQ(largest & (largest - 1), 0) << length;
  }
  const std::vector<uint32_t> table = lower::SoftmaxTable({0.05, 0, 8}, 16);
  for (int d = 0; d < 256; ++d) EXPECT_NEAR(table[d], std::exp(-0.05 * d) * (1 << 23), 0.5) << d;
}

}  // namespace
}  // namespace lockstep::test
