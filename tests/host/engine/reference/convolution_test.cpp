// Conv and DepthwiseConv against values computed by hand from docs/arithmetic.md.
#include <gtest/gtest.h>

#include <numeric>

#include "one_layer.h"

namespace lockstep::test {
namespace {

using Ints = std::vector<int>;
constexpr int32_t kHalfM = 1 << 30;  // m = 2^30: the multiplier is 2^-(1+s)

std::vector<uint8_t> TableOf(int (*f)(int), joint::DType dtype = joint::DType::U8) {
  Ints entries(256);
  for (int i = 0; i < 256; ++i) entries[i] = f(i);
  return OneLayer::Bytes(entries, dtype);
}

// A 1x1 convolution of two channels to one, weights 3 and -2, with the given requantisation.
joint::ConvT PointConv(OneLayer& net, int32_t acc_init, int8_t shift) {
  std::vector<int8_t> packed(64, 0);
  packed[0] = 3;
  packed[1] = -2;
  joint::ConvT conv;
  net.Weights({1, 1, 1, 2}, joint::Packing::O16I4, packed);
  conv.acc_init = {acc_init};
  conv.weight_sum = {1};
  conv.multiplier = {kHalfM};
  conv.shift = {shift};
  conv.clamp_high = 255;
  return conv;
}

TEST(ReferenceConv, RoundsHalfUpAndAddsTheZeroPoint) {
  OneLayer net;
  net.Input({1, 1, 3, 2}, {10, 20, 5, 4, 1, 4});
  // Sums 3 * 10 - 2 * 20 = -10, 7, -5; plus 2: -8, 9, -3; halved, half up: -4, 5, -1; zero point 10.
  joint::ConvT conv = PointConv(net, 2, 0);
  conv.mid_zero_point = 10;
  net.Layer(conv, {1, 1, 3, 1}, 1.0F, 10);
  EXPECT_EQ(net.Run(), (Ints{6, 15, 9}));
}

TEST(ReferenceConv, ClampsBeforeTheTable) {
  OneLayer net;
  net.Input({1, 1, 3, 2}, {100, 0, 0, 100, 1, 1});
  // Sums 300, -200, 1; times 1 (s = -1); clamped to 2..200; table 255 - p.
  joint::ConvT conv = PointConv(net, 0, -1);
  conv.clamp_low = 2;
  conv.clamp_high = 200;
  conv.table = TableOf([](int p) { return 255 - p; });
  net.Layer(conv, {1, 1, 3, 1});
  EXPECT_EQ(net.Run(), (Ints{55, 253, 253}));
}

TEST(ReferenceConv, WritesSixteenBitsWithAndWithoutATable) {
  OneLayer plain;
  plain.Input({1, 1, 1, 2}, {255, 0});
  joint::ConvT conv = PointConv(plain, 0, -7);  // times 64
  conv.clamp_high = 65535;
  plain.Layer(conv, {1, 1, 1, 1}, 1.0F, 0, joint::DType::U16);
  EXPECT_EQ(plain.Run(), (Ints{48960}));

  OneLayer mapped;
  mapped.Input({1, 1, 1, 2}, {40, 0});
  joint::ConvT table_conv = PointConv(mapped, 0, -1);
  table_conv.table = TableOf([](int p) { return 500 * p; }, joint::DType::U16);
  mapped.Layer(table_conv, {1, 1, 1, 1}, 1.0F, 0, joint::DType::U16);
  EXPECT_EQ(mapped.Run(), (Ints{60000}));
}

TEST(ReferenceConv, PaddingCountsAsTheZeroPoint) {
  OneLayer net;
  net.Input({1, 1, 2, 1}, {9, 12}, 1.0F, 5);
  // A row of three taps 1, 10, 100 (segment of 3 in a quad) with one pixel of padding left and right.
  std::vector<int8_t> packed(64, 0);
  packed[0] = 1;
  packed[1] = 10;
  packed[2] = 100;
  joint::ConvT conv;
  net.Weights({1, 1, 3, 1}, joint::Packing::O16I4, packed);
  conv.pad_left = conv.pad_right = 1;
  conv.acc_init = {-5 * 111};
  conv.weight_sum = {111};
  conv.multiplier = {kHalfM};
  conv.shift = {-1};
  conv.clamp_high = 65535;
  net.Layer(conv, {1, 1, 2, 1}, 1.0F, 0, joint::DType::U16);
  // In differences to 5: (0, 4, 7) -> 740; (4, 7, 0) -> 74.
  EXPECT_EQ(net.Run(), (Ints{740, 74}));
}

TEST(ReferenceConv, GroupsStridesAndDilation) {
  OneLayer net;
  Ints picture(30);
  std::iota(picture.begin(), picture.end(), 1);  // pixel (y, x) holds 10 * y + 2 * x + 1 and the next
  net.Input({1, 3, 5, 2}, picture);
  // Two groups of one channel; a 2x2 kernel with dilation 2 in both directions, so every tap is a segment of its own:
  // [group][oc/16 = 1][4 segments][1 quad][16][4]. Weights 1 in the corners of group 0, 2 of group 1.
  std::vector<int8_t> packed(512, 0);
  for (size_t segment = 0; segment < 4; ++segment) {
    packed[segment * 64] = 1;
    packed[(4 + segment) * 64] = 2;
  }
  joint::ConvT conv;
  net.Weights({2, 2, 2, 1}, joint::Packing::O16I4, packed);
  conv.groups = 2;
  conv.stride_w = 2;
  conv.dilation_h = conv.dilation_w = 2;
  conv.acc_init = {0, 0};
  conv.weight_sum = {4, 8};
  conv.multiplier = {kHalfM, kHalfM};
  conv.shift = {-1, -1};
  conv.clamp_high = 255;
  net.Layer(conv, {1, 1, 2, 2});
  // Channel 0: (1 + 5 + 21 + 25) = 52 and (5 + 9 + 25 + 29) = 68; channel 1: twice (2 + 6 + 22 + 26) = 112, 144.
  EXPECT_EQ(net.Run(), (Ints{52, 112, 68, 144}));
}

TEST(ReferenceConv, WideAccumulatorsAreExact) {
  OneLayer net;
  net.Input({1, 1, 1, 2}, {255, 0});
  // acc = 2147483000 + 765, above 2^31, times 2^-16 (s = 15): 32768.00178...
  joint::ConvT conv = PointConv(net, 2147483000, 15);
  conv.acc_bits = 64;
  conv.clamp_high = 65535;
  net.Layer(conv, {1, 1, 1, 1}, 1.0F, 0, joint::DType::U16);
  EXPECT_EQ(net.Run(), (Ints{32768}));
}

TEST(ReferenceConv, NoticesAFalseProofOfThirtyTwoBits) {
  OneLayer net;
  net.Input({1, 1, 1, 2}, {255, 0});
  joint::ConvT conv = PointConv(net, 2147483000, 15);
  conv.acc_bits = 32;
  net.Layer(conv, {1, 1, 1, 1});
  EXPECT_THROW(net.Run(), std::logic_error);
}

TEST(ReferenceDepthwiseConv, EachChannelHasItsOwnKernel) {
  OneLayer net;
  net.Input({1, 2, 1, 2}, {1, 2, 3, 4}, 1.0F, 1);
  joint::DepthwiseConvT conv;
  net.Weights({1, 2, 1, 2}, joint::Packing::Plain, {1, 10, 2, 20});
  conv.acc_init = {7 - 3, -30};
  conv.multiplier = {kHalfM, kHalfM};
  conv.shift = {-1, -1};
  conv.clamp_high = 255;
  net.Layer(conv, {1, 1, 1, 2});
  // (1 - 1) * 1 + (3 - 1) * 2 + 7 = 11; (2 - 1) * 10 + (4 - 1) * 20 = 70.
  EXPECT_EQ(net.Run(), (Ints{11, 70}));
}

}  // namespace
}  // namespace lockstep::test
