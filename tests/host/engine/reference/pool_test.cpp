// MaxPool and AveragePool against values computed by hand from docs/arithmetic.md.
#include <gtest/gtest.h>

#include "one_layer.h"

namespace lockstep::test {
namespace {

using Ints = std::vector<int>;
constexpr int32_t kHalfM = 1 << 30;  // m = 2^30: the multiplier is 2^-(1+s)

TEST(ReferenceMaxPool, LeavesThePaddingOut) {
  OneLayer net;
  net.Input({1, 2, 3, 1}, {1, 2, 3, 6, 5, 4}, 1.0F, 200);
  joint::MaxPoolT pool;
  pool.kernel_h = pool.kernel_w = 2;
  pool.stride_h = pool.stride_w = 2;
  pool.pad_right = 1;
  net.Layer(pool, {1, 1, 2, 1}, 1.0F, 200);
  EXPECT_EQ(net.Run(), (Ints{6, 4}));
}

TEST(ReferenceAveragePool, DividesByWhatIsInTheInput) {
  OneLayer net;
  net.Input({1, 2, 3, 1}, {1, 2, 3, 6, 5, 30}, 1.0F, 5);
  joint::AveragePoolT pool;
  pool.kernel_h = pool.kernel_w = 2;
  pool.stride_h = pool.stride_w = 2;
  pool.pad_right = 1;
  pool.multiplier = {7, kHalfM, 7, kHalfM};  // 1 and 3 elements do not occur
  pool.shift = {0, 0, 0, 1};
  pool.clamp_low = 98;
  pool.clamp_high = 255;
  net.Layer(pool, {1, 1, 2, 1}, 1.0F, 100);
  // -4 - 3 + 1 + 0 = -6, a quarter, half up: -1 (of -1.5); -2 + 25 = 23, half: 12 (of 11.5).
  EXPECT_EQ(net.Run(), (Ints{99, 112}));
}

TEST(ReferenceAveragePool, OneDivisorForAllAndWiderOutput) {
  OneLayer net;
  net.Input({1, 1, 2, 2}, {100, 0, 255, 1}, 1.0F, 0);
  joint::AveragePoolT pool;
  pool.kernel_h = 1;
  pool.kernel_w = 2;
  pool.pad_left = 1;
  pool.multiplier = {kHalfM};
  pool.shift = {-7};  // times 64
  pool.clamp_high = 20000;
  net.Layer(pool, {1, 1, 2, 2}, 1.0F, 0, joint::DType::U16);
  EXPECT_EQ(net.Run(), (Ints{6400, 0, 20000, 64}));
}

}  // namespace
}  // namespace lockstep::test
