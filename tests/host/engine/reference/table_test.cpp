// Softmax, Lookup, ChannelLookup, Rescale and Dequantize against values computed by hand from docs/arithmetic.md.
#include <gtest/gtest.h>

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
