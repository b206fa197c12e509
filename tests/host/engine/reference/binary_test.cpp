// Add and Mul against values computed by hand from docs/arithmetic.md.
#include <gtest/gtest.h>

#include "one_layer.h"

namespace lockstep::test {
namespace {

using Ints = std::vector<int>;
constexpr int32_t kHalfM = 1 << 30;  // m = 2^30: the multiplier is 2^-(1+s)

TEST(ReferenceAdd, WeightsBroadcastsAndClamps) {
  OneLayer net;
  net.Input({1, 2, 2}, {10, 20, 30, 255}, 1.0F, 10);
  net.Input({1, 1, 2}, {4, 0}, 1.0F, 2);
  joint::AddT add;
  add.multiplier_a = 3;
  add.multiplier_b = -2;
  add.shift = 2;
  add.clamp_low = 99;
  add.clamp_high = 160;
  net.Layer(add, {1, 2, 2}, 1.0F, 100);
  // (0*3 + 2*-2 + 2) >> 2 = -1; (10*3 - 2*-2 + 2) >> 2 = 9; (20*3 - 4 + 2) >> 2 = 14; (245*3 + 4 + 2) >> 2 = 185.
  EXPECT_EQ(net.Run(), (Ints{99, 109, 114, 160}));
}

TEST(ReferenceAdd, MixesWidths) {
  OneLayer net;
  net.Input({1, 2}, {60000, 0}, 1.0F, 30000, joint::DType::U16);
  net.Input({1, 2}, {255, 1});
  joint::AddT add;
  add.multiplier_a = 1 << 30;
  add.multiplier_b = 1 << 30;
  add.shift = 30;
  add.clamp_high = 65535;
  net.Layer(add, {1, 2}, 1.0F, 32768, joint::DType::U16);
  EXPECT_EQ(net.Run(), (Ints{63023, 2769}));
}

TEST(ReferenceMul, MultipliesDifferences) {
  OneLayer net;
  net.Input({1, 3}, {0, 10, 255}, 1.0F, 5);
  net.Input({1}, {7}, 1.0F, 4);
  joint::MulT mul;
  mul.multiplier = kHalfM;
  mul.shift = 0;  // halves
  mul.clamp_high = 255;
  net.Layer(mul, {1, 3}, 1.0F, 20);
  // -5 * 3 = -15 -> -7 (half up); 15 -> 8; 750 -> 375.
  EXPECT_EQ(net.Run(), (Ints{13, 28, 255}));
}

TEST(ReferenceMul, SixteenBitProductsNeedMoreThanSixtyFour) {
  OneLayer net;
  net.Input({1, 2}, {65535, 0}, 1.0F, 0, joint::DType::U16);
  net.Input({1, 2}, {65535, 65535}, 1.0F, 0, joint::DType::U16);
  joint::MulT mul;
  mul.multiplier = 2147483647;
  mul.shift = 17;
  mul.clamp_high = 65535;
  net.Layer(mul, {1, 2}, 1.0F, 0, joint::DType::U16);
  // 65535^2 * (2^31 - 1) / 2^48 = 32766.99998 -> 32767.
  EXPECT_EQ(net.Run(), (Ints{32767, 0}));
}

}  // namespace
}  // namespace lockstep::test
