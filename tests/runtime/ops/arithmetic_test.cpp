// The contract's integer functions against exact integers, and against models of the instructions that kernels use.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "arithmetic/requantize.h"
#include "arithmetic/rq1.h"
#include "exact_requantize.h"

namespace lockstep {
namespace {

constexpr int32_t kMin32 = INT32_MIN;
constexpr int32_t kMax32 = INT32_MAX;

std::vector<int32_t> BoundaryMultipliers() {
  return {1 << 30, (1 << 30) + 1, 1518500250, 0x5fffffff, 0x60000000, kMax32 - 1, kMax32};
}

// Around zero, the powers of two and the limits.
std::vector<int64_t> BoundaryAccumulators(int bits) {
  std::vector<int64_t> values = {0};
  for (int bit = 0; bit < bits; ++bit) {
    for (int64_t offset = -2; offset <= 2; ++offset) {
      values.push_back((int64_t{1} << bit) + offset);
      values.push_back(-(int64_t{1} << bit) + offset);
    }
  }
  return values;
}

bool Fits32(int64_t value) { return value >= kMin32 && value <= kMax32; }

// NEON sqdmulh, MSA mul_q.w: the upper half of the doubled product. Only kMin32 * kMin32 would saturate.
int32_t DoublingMultiplyHigh(int32_t a, int32_t b) { return static_cast<int32_t>((int64_t{a} * b) >> 31); }

// NEON sqrdmulh, MSA mulr_q.w.
int32_t RoundingDoublingMultiplyHigh(int32_t a, int32_t b) {
  return static_cast<int32_t>((int64_t{a} * b + (int64_t{1} << 30)) >> 31);
}

// NEON srshl by -s, MSA srar.w: the rounding constant is added beyond 32 bits.
int32_t RoundingShiftRight(int32_t a, int s) {
  return static_cast<int32_t>((int64_t{a} + (int64_t{1} << (s - 1))) >> s);
}

// Everything that must agree for one accumulator of 32 bits.
void CheckNarrow(int32_t acc, int32_t m, int s) {
  const int64_t exact = kernels::ExactRequantize(acc, m, s);
  ASSERT_EQ(rq1::Requantize(acc, m, s), exact) << acc << " * " << m << " shift " << s;
  ASSERT_EQ(rq1::RequantizeWide(acc, m, s), exact) << acc << " * " << m << " shift " << s;
  if (s >= 1) {
    ASSERT_EQ(RoundingShiftRight(DoublingMultiplyHigh(acc, m), s), exact) << acc << " * " << m << " shift " << s;
  }
  if (s == 0) {
    ASSERT_EQ(RoundingDoublingMultiplyHigh(acc, m), exact) << acc << " * " << m;
  }
  if (s >= kernels::kHighWordShift) {
    ASSERT_EQ(kernels::RequantizeHighWord(acc, m, s), exact) << acc << " * " << m << " shift " << s;
  }
}

TEST(Requantize, Boundaries) {
  for (const int64_t acc : BoundaryAccumulators(32)) {
    if (!Fits32(acc)) continue;
    for (const int32_t m : BoundaryMultipliers()) {
      for (int s = rq1::kMinShift; s <= rq1::kMaxShift; ++s) CheckNarrow(static_cast<int32_t>(acc), m, s);
    }
  }
}

TEST(Requantize, TiesRoundUp) {
  for (int s = 1; s <= 20; ++s) {
    // acc * 2^30 is k + 1/2 units of 2^(31+s) for acc = (2k + 1) * 2^s.
    for (int64_t k = -3; k <= 3; ++k) {
      const int64_t acc = (2 * k + 1) * (int64_t{1} << s);
      ASSERT_EQ(rq1::Requantize(static_cast<int32_t>(acc), 1 << 30, s), k + 1) << "shift " << s;
      CheckNarrow(static_cast<int32_t>(acc), 1 << 30, s);
    }
  }
}

TEST(Requantize, Random) {
  std::mt19937_64 random(51);
  for (int i = 0; i < 1000000; ++i) {
    const uint64_t draw = random();
    const auto acc = static_cast<int32_t>(static_cast<uint32_t>(draw)) >> (draw >> 32 & 31);
    const auto m = static_cast<int32_t>((1U << 30U) + (random() & 0x3fffffffU));
    const int s = static_cast<int>((draw >> 40) % 62) - 30;
    CheckNarrow(acc, m, s);
    if (HasFatalFailure()) return;
  }
}

TEST(RequantizeWide, BoundariesAndRandom) {
  std::mt19937_64 random(52);
  std::vector<int64_t> values = BoundaryAccumulators(55);
  for (int i = 0; i < 100000; ++i) {
    values.push_back(static_cast<int64_t>(random()) >> (9 + random() % 40));
  }
  for (size_t i = 0; i < values.size(); ++i) {
    const int64_t acc = values[i];
    if (acc >= rq1::kWideLimit || acc <= -rq1::kWideLimit) continue;
    const std::vector<int32_t> multipliers =
        i < 1000 ? BoundaryMultipliers()
                 : std::vector<int32_t>{static_cast<int32_t>((1U << 30U) + (random() & 0x3fffffffU))};
    for (const int32_t m : multipliers) {
      for (int s = -30; s <= 31; s += i < 1000 ? 1 : 7) {
        // A result beyond 64 bits has no meaning; kernels never meet one.
        if (s < 0 && (acc >> (62 + s)) != 0 && (acc >> (62 + s)) != -1) continue;
        ASSERT_EQ(rq1::RequantizeWide(acc, m, s), kernels::ExactRequantize(acc, m, s))
            << acc << " * " << m << " shift " << s;
      }
    }
  }
}

#ifdef __SIZEOF_INT128__
TEST(ExactRequantize, AgreesWith128BitIntegers) {
  std::mt19937_64 random(53);
  for (int i = 0; i < 1000000; ++i) {
    const int64_t acc = static_cast<int64_t>(random()) >> (9 + random() % 54);
    const auto m = static_cast<int32_t>((1U << 30U) + (random() & 0x3fffffffU));
    const int s = static_cast<int>(random() % 62) - 30;
    const __int128 exact = (static_cast<__int128>(acc) * m + (static_cast<__int128>(1) << (30 + s))) >> (31 + s);
    if (exact != static_cast<int64_t>(exact)) continue;
    ASSERT_EQ(kernels::ExactRequantize(acc, m, s), static_cast<int64_t>(exact)) << acc << " * " << m << " shift " << s;
  }
}
#endif

TEST(RequantizeLong, RandomSums) {
  std::mt19937_64 random(77);
  for (int i = 0; i < 300000; ++i) {
    const auto shifts = static_cast<uint64_t>(rq1::kMaxShift - kernels::kLongShift + 1);
    const int s = kernels::kLongShift + static_cast<int>(random() % shifts);
    const int bits = 1 + static_cast<int>(random() % 54);
    int64_t acc = static_cast<int64_t>(random() >> (64 - bits));
    if (random() % 2 == 0) acc = -acc;
    const auto m = static_cast<int32_t>((uint64_t{1} << 30) + random() % (uint64_t{1} << 30));
    ASSERT_EQ(kernels::RequantizeLong(acc, m, s), kernels::ExactRequantize(acc, m, s))
        << acc << " * " << m << " shift " << s;
  }
}

TEST(WeightedSum, Boundaries) {
  const std::vector<int32_t> differences = {-65535, -255, -1, 0, 1, 255, 65535};
  const std::vector<int32_t> multipliers = {-(1 << 30), -(1 << 21), -1, 1, 1 << 21, 1 << 30};
  for (const int32_t a : differences) {
    for (const int32_t b : differences) {
      for (const int32_t ma : multipliers) {
        for (const int32_t mb : multipliers) {
          for (int shift = 1; shift <= 46; ++shift) {
            const int64_t sum = int64_t{a} * ma + int64_t{b} * mb;
            const int64_t unit = int64_t{1} << shift;
            // floor(sum / unit + 1/2) by division
            const int64_t doubled = 2 * sum + unit;
            int64_t expected = doubled / (2 * unit);
            if (doubled % (2 * unit) < 0) --expected;
            ASSERT_EQ(rq1::WeightedSum(a, ma, b, mb, shift), expected) << a << ',' << b << " shift " << shift;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace lockstep
