// The functions of contract f1 give the same bits on every target: digests of their outputs over inputs that reach
// every exponent, subnormal numbers, NaNs and infinities among them.
#include <gtest/gtest.h>

#include <cstdio>

#include "f1_functions.h"

namespace lockstep {
namespace {

constexpr uint64_t kStride = 8191;  // a prime: half a million inputs, all exponents, all low bits
constexpr uint32_t kSpecial[] = {0x00000000U, 0x80000000U, 0x00000001U, 0x80000001U, 0x007fffffU, 0x00800000U,
                                 0x3f800000U, 0xbf800000U, 0x7f7fffffU, 0xff7fffffU, 0x7f800000U, 0xff800000U,
                                 0x7fc00000U, 0xffc00000U, 0x7f800001U, 0xffbfffffU};

// FNV-1a of the stored bytes.
class Digest {
 public:
  void Add(uint32_t word) {
    for (int shift = 0; shift < 32; shift += 8) value_ = (value_ ^ ((word >> shift) & 0xffU)) * 0x100000001b3U;
  }
  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0xcbf29ce484222325U;
};

template <typename Consume>
void ForEachInput(Consume consume) {
  for (const uint32_t bits : kSpecial) consume(f1::FromBits(bits));
  for (uint64_t bits = 0; bits < (uint64_t{1} << 32); bits += kStride)
    consume(f1::FromBits(static_cast<uint32_t>(bits)));
}

TEST(F1DigestTest, FunctionsGiveTheRecordedBits) {
  for (const F1Function& function : F1Functions()) {
    Digest digest;
    ForEachInput([&](float x) { digest.Add(f1::Canonical(function.f1(x))); });
    EXPECT_EQ(digest.value(), function.digest)
        << function.name << " gives " << std::hex << "0x" << digest.value() << "; of 1: " << std::hexfloat
        << function.f1(1.0F) << ", of -2.5: " << function.f1(-2.5F);
  }
}

TEST(F1DigestTest, QuantizeGivesTheRecordedBits) {
  Digest digest;
  ForEachInput([&](float x) {
    digest.Add(static_cast<uint32_t>(f1::Quantize(x, 0.037F, 100, 0, 255)));
    digest.Add(static_cast<uint32_t>(f1::Quantize(x, 1.0e-40F, 0, 0, 65535)));
    digest.Add(static_cast<uint32_t>(f1::OrderKey(x)));
  });
  EXPECT_EQ(digest.value(), 0x69c9b6529d0d0d46U) << std::hex << digest.value();
}

TEST(F1Test, ANaNIsStoredWithOnePattern) {
  for (const uint32_t bits : {0x7fc00000U, 0xffc00000U, 0x7f800001U, 0xffbfffffU, 0x7fffffffU}) {
    float stored = 0.0F;
    f1::Store(&stored, f1::FromBits(bits));
    EXPECT_EQ(f1::BitsOf(stored), f1::kNaNBits) << std::hex << bits;
  }
  EXPECT_EQ(f1::Canonical(-0.0F), 0x80000000U);
  EXPECT_EQ(f1::Canonical(f1::FromBits(0xff800000U)), 0xff800000U);
  EXPECT_EQ(f1::Canonical(f1::FromBits(0x80000001U)), 0x80000001U);
}

TEST(F1Test, QuantizeRoundsHalfToEvenAndSaturates) {
  EXPECT_EQ(f1::Quantize(0.5F, 1.0F, 10, 0, 255), 10);
  EXPECT_EQ(f1::Quantize(1.5F, 1.0F, 10, 0, 255), 12);
  EXPECT_EQ(f1::Quantize(-0.5F, 1.0F, 10, 0, 255), 10);
  EXPECT_EQ(f1::Quantize(-2.5F, 1.0F, 10, 0, 255), 8);
  EXPECT_EQ(f1::Quantize(1e30F, 1.0F, 10, 0, 255), 255);
  EXPECT_EQ(f1::Quantize(-f1::FromBits(f1::kInfinityBits), 1.0F, 10, 0, 255), 0);
  EXPECT_EQ(f1::Quantize(f1::FromBits(f1::kNaNBits), 1.0F, 10, 0, 255), 10);
  EXPECT_EQ(f1::Quantize(65534.5F, 1.0F, 0, 0, 65535), 65534);
}

TEST(F1Test, TheOrderPutsZerosAndNaNsInPlace) {
  const float ascending[] = {f1::FromBits(0xff800000U),
                             -1.0F,
                             f1::FromBits(0x80000001U),
                             -0.0F,
                             0.0F,
                             f1::FromBits(1U),
                             1.0F,
                             f1::FromBits(0x7f800000U),
                             f1::FromBits(0xffc00001U)};
  for (size_t i = 1; i < std::size(ascending); ++i) {
    EXPECT_LT(f1::OrderKey(ascending[i - 1]), f1::OrderKey(ascending[i])) << i;
    EXPECT_EQ(f1::BitsOf(f1::FromOrderKey(f1::OrderKey(ascending[i]))), f1::Canonical(ascending[i])) << i;
  }
}

TEST(F1Test, PowersOfWhatIsNoPositiveNumber) {
  const float infinity = f1::FromBits(f1::kInfinityBits);
  const auto bits = [](float x, float exponent) { return f1::Canonical(f1::Pow(x, exponent)); };
  EXPECT_EQ(bits(-2.0F, -3.0F), f1::BitsOf(-0.125F));
  EXPECT_EQ(bits(-2.0F, -2.0F), f1::BitsOf(0.25F));
  EXPECT_EQ(bits(-2.0F, 0.5F), f1::kNaNBits);
  EXPECT_EQ(bits(-1.0F, 16777216.0F), f1::BitsOf(1.0F));
  EXPECT_EQ(bits(-1.0F, 16777215.0F), f1::BitsOf(-1.0F));
  EXPECT_EQ(bits(-1.0F, 8388607.5F), f1::kNaNBits);
  EXPECT_EQ(bits(0.0F, -1.0F), f1::BitsOf(infinity));
  EXPECT_EQ(bits(-0.0F, -1.0F), f1::BitsOf(-infinity));
  EXPECT_EQ(bits(-0.0F, 5.0F), f1::BitsOf(-0.0F));
  EXPECT_EQ(bits(-infinity, 5.0F), f1::BitsOf(-infinity));
  EXPECT_EQ(bits(-infinity, -4.0F), f1::BitsOf(0.0F));
  EXPECT_EQ(bits(f1::FromBits(f1::kNaNBits), 0.0F), f1::BitsOf(1.0F));
  EXPECT_EQ(bits(1.0F, infinity), f1::kNaNBits);
  EXPECT_EQ(bits(2.0F, f1::FromBits(f1::kNaNBits)), f1::kNaNBits);
  EXPECT_EQ(bits(1.0F, 1e30F), f1::BitsOf(1.0F));
  EXPECT_EQ(bits(2.0F, 128.0F), f1::BitsOf(infinity));
  EXPECT_EQ(bits(2.0F, -149.0F), 1U) << "the smallest subnormal number";
}

TEST(F1Test, WholeNumbersKeepTheSignOfZero) {
  EXPECT_EQ(f1::BitsOf(f1::Floor(-0.0F)), f1::kSignBit);
  EXPECT_EQ(f1::BitsOf(f1::Ceil(-0.75F)), f1::kSignBit);
  EXPECT_EQ(f1::BitsOf(f1::Round(-0.5F)), f1::kSignBit);
  EXPECT_EQ(f1::Round(2.5F), 2.0F);
  EXPECT_EQ(f1::Round(-3.5F), -4.0F);
  EXPECT_EQ(f1::Floor(-0.25F), -1.0F);
  EXPECT_EQ(f1::Ceil(0.25F), 1.0F);
  EXPECT_EQ(f1::Floor(8388607.5F), 8388607.0F);
}

// 2^24 + 1 is no float: the order of the additions shows.
TEST(F1Test, LanesAreAddedByTheWrittenTree) {
  const float big = 16777216.0F;
  const float lanes[f1::kSumLanes] = {big, 1.0F, -big, 1.0F, 1.0F, 1.0F, 1.0F, 1.0F};
  EXPECT_EQ(f1::SumOfLanes(lanes), 5.0F);  // (big + 1) + (-big + 1) is 1, and (1 + 1) + (1 + 1)
}

}  // namespace
}  // namespace lockstep
