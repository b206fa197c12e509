// Every operator against values computed by hand from docs/arithmetic.md.
#include <gtest/gtest.h>

#include <cmath>
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
  conv.weights = net.Weights({1, 1, 1, 2}, joint::Packing::O16I4, packed);
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
  conv.weights = net.Weights({1, 1, 3, 1}, joint::Packing::O16I4, packed);
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
  conv.weights = net.Weights({2, 2, 2, 1}, joint::Packing::O16I4, packed);
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
  conv.weights = net.Weights({1, 2, 1, 2}, joint::Packing::Plain, {1, 10, 2, 20});
  conv.acc_init = {7 - 3, -30};
  conv.multiplier = {kHalfM, kHalfM};
  conv.shift = {-1, -1};
  conv.clamp_high = 255;
  net.Layer(conv, {1, 1, 1, 2});
  // (1 - 1) * 1 + (3 - 1) * 2 + 7 = 11; (2 - 1) * 10 + (4 - 1) * 20 = 70.
  EXPECT_EQ(net.Run(), (Ints{11, 70}));
}

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

TEST(ReferenceConcat, CopiesOrRescales) {
  OneLayer net;
  net.Input({1, 2, 1}, {1, 2}, 1.0F, 0);
  net.Input({1, 2, 2}, {10, 11, 12, 255}, 2.0F, 9);
  joint::ConcatT concat;
  concat.axis = 2;
  concat.multiplier = {0, kHalfM};
  concat.shift = {0, -2};  // times 2
  net.Layer(concat, {1, 2, 3}, 1.0F, 0);
  EXPECT_EQ(net.Run(), (Ints{1, 2, 4, 2, 6, 255}));
}

TEST(ReferenceConcat, FloatOutputKeepsEachScale) {
  OneLayer net;
  net.Input({1, 1, 2}, {1, 3}, 0.5F, 1);
  net.Input({1, 1, 2}, {40000, 0}, 0.001F, 10000, joint::DType::U16);
  joint::ConcatT concat;
  concat.axis = 1;
  net.Layer(concat, {1, 2, 2}, 1.0F, 0, joint::DType::F32);
  EXPECT_EQ(net.RunFloat(), (std::vector<float>{0.0F, 1.0F, 0.001F * 30000.0F, 0.001F * -10000.0F}));
}

TEST(ReferencePlacement, SliceTransposeReshapeResize) {
  OneLayer slice;
  slice.Input({2, 4}, {0, 1, 2, 3, 4, 5, 6, 7});
  joint::SliceT slice_options;
  slice_options.start = {0, 1};
  slice_options.step = {1, 2};
  slice.Layer(slice_options, {2, 2});
  EXPECT_EQ(slice.Run(), (Ints{1, 3, 5, 7}));

  OneLayer transpose;
  transpose.Input({1, 2, 3}, {0, 1000, 2, 3, 4, 5}, 1.0F, 0, joint::DType::U16);
  joint::TransposeT transpose_options;
  transpose_options.perm = {2, 0, 1};
  transpose.Layer(transpose_options, {3, 1, 2}, 1.0F, 0, joint::DType::U16);
  EXPECT_EQ(transpose.Run(), (Ints{0, 3, 1000, 4, 2, 5}));

  OneLayer reshape;
  reshape.Input({2, 3}, {5, 4, 3, 2, 1, 0});
  reshape.Layer(joint::ReshapeT(), {3, 2});
  EXPECT_EQ(reshape.Run(), (Ints{5, 4, 3, 2, 1, 0}));

  OneLayer resize;
  resize.Input({1, 2, 2, 1}, {1, 2, 3, 4});
  joint::ResizeT resize_options;
  resize_options.rows = {0, 1, 1};
  resize_options.columns = {1, 0};
  resize.Layer(resize_options, {1, 3, 2, 1});
  EXPECT_EQ(resize.Run(), (Ints{2, 1, 4, 3, 4, 3}));
}

TEST(ReferenceSoftmax, RoundsTheShare) {
  OneLayer net;
  net.Input({2, 2}, {7, 6, 3, 3});
  joint::SoftmaxT softmax;
  softmax.table.assign(256, 0);
  softmax.table[0] = 8;
  softmax.table[1] = 3;
  softmax.numerator = 256;
  net.Layer(softmax, {2, 2}, 1.0F / 256);
  // (8 * 256 + 5) / 11 = 186, (3 * 256 + 5) / 11 = 70; (8 * 256 + 8) / 16 = 128.
  EXPECT_EQ(net.Run(), (Ints{186, 70, 128, 128}));
}

TEST(ReferenceSoftmax, OneIsTheLargestCode) {
  OneLayer net;
  net.Input({1, 1}, {9});
  joint::SoftmaxT softmax;
  softmax.table.assign(256, 1);
  softmax.numerator = 65536;
  net.Layer(softmax, {1, 1}, 1.0F / 65536, 0, joint::DType::U16);
  EXPECT_EQ(net.Run(), (Ints{65535}));
}

TEST(ReferenceTables, LookupAndChannelLookup) {
  OneLayer lookup;
  lookup.Input({1, 2}, {0, 255});
  joint::LookupT lookup_options;
  lookup_options.table = TableOf([](int x) { return 256 * x + 1; }, joint::DType::U16);
  lookup.Layer(lookup_options, {1, 2}, 1.0F, 0, joint::DType::U16);
  EXPECT_EQ(lookup.Run(), (Ints{1, 65281}));

  OneLayer channels;
  channels.Input({1, 2, 2}, {1, 1, 2, 2});
  joint::ChannelLookupT channel_options;
  channel_options.table = TableOf([](int x) { return x; });
  const std::vector<uint8_t> second = TableOf([](int x) { return 255 - x; });
  channel_options.table.insert(channel_options.table.end(), second.begin(), second.end());
  channels.Layer(channel_options, {1, 2, 2});
  EXPECT_EQ(channels.Run(), (Ints{1, 254, 2, 253}));
}

TEST(ReferenceRescale, BetweenWidths) {
  OneLayer narrow;
  narrow.Input({1, 3}, {0, 33000, 65535}, 1.0F, 32768, joint::DType::U16);
  joint::RescaleT rescale;
  rescale.multiplier = kHalfM;
  rescale.shift = 7;  // 2^-8
  narrow.Layer(rescale, {1, 3}, 256.0F, 127);
  // -128 + 127; 0.906 -> 1; 127.996 -> 128 + 127.
  EXPECT_EQ(narrow.Run(), (Ints{0, 128, 255}));

  OneLayer wide;
  wide.Input({1, 2}, {0, 255}, 1.0F, 128);
  rescale.shift = -9;  // 2^8
  wide.Layer(rescale, {1, 2}, 1.0F / 256, 32768, joint::DType::U16);
  EXPECT_EQ(wide.Run(), (Ints{0, 65280}));
}

TEST(ReferenceDequantize, OneMultiplication) {
  OneLayer net;
  net.Input({1, 2}, {0, 200}, 0.1F, 50);
  net.Layer(joint::DequantizeT(), {1, 2}, 1.0F, 0, joint::DType::F32);
  EXPECT_EQ(net.RunFloat(), (std::vector<float>{0.1F * -50.0F, 0.1F * 150.0F}));
}

}  // namespace
}  // namespace lockstep::test
