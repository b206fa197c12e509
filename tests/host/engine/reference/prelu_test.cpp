// PRelu against values computed by hand from docs/arithmetic.md.
#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>

#include "one_layer.h"

namespace lockstep::test {
namespace {

using Ints = std::vector<int>;

// Multipliers of 2^-(1+shift).
joint::PReluT Options(int shift, int slope_shift, int low, int high) {
  joint::PReluT prelu;
  prelu.multiplier = prelu.slope_multiplier = 1 << 30;
  prelu.shift = shift;
  prelu.slope_shift = slope_shift;
  prelu.clamp_low = low;
  prelu.clamp_high = high;
  return prelu;
}

TEST(ReferencePRelu, SlopesPerChannelRoundedOnceHalfUp) {
  OneLayer net;
  net.Input({2, 2}, {5, 8, 4, 9}, 1.0F, 10);
  net.Row<int16_t>({6, -3});
  net.Layer(Options(0, 1, 0, 255), {2, 2}, 1.0F, 100);
  // Differences -5, -2, -6, -1; times slopes -30, 6, -36, 3; quarters: -7 (of -7.5), 2 (of 1.5), -9, 1 (of 0.75).
  EXPECT_EQ(net.Run(), (Ints{93, 102, 91, 101}));
}

TEST(ReferencePRelu, WhatIsNotNegativeHasItsOwnMultiplier) {
  OneLayer net;
  net.Input({1, 5}, {10, 11, 13, 255, 9}, 1.0F, 10);
  net.Row<int16_t>({1, 2, 3, 4, 1000});
  net.Layer(Options(0, 1, 0, 200), {1, 5}, 1.0F, 100);
  // Halves, half up: 0, 1 (of 0.5), 2 (of 1.5), 123 (of 122.5); -1000 / 4 below the type. All within the limits.
  EXPECT_EQ(net.Run(), (Ints{100, 101, 102, 200, 0}));
}

TEST(ReferencePRelu, SixteenBitsWithTheLargestProduct) {
  OneLayer net;
  net.Input({1, 2}, {0, 65535}, 1.0F, 65535, joint::DType::U16);
  net.Row<int16_t>({-32768});
  net.Layer(Options(0, 14, 0, 65535), {1, 2}, 1.0F, 1, joint::DType::U16);
  // 65535 * 32768 / 2^15.
  EXPECT_EQ(net.Run(), (Ints{65535, 1}));
}

TEST(ReferencePRelu, SlopesOfEightBits) {
  OneLayer net;
  net.Input({2, 2}, {0, 1, 2, 3}, 1.0F, 4);
  net.Weights({2, 1}, joint::Packing::Plain, {-128, 3});
  net.Layer(Options(0, 0, 0, 255), {2, 2}, 1.0F, 50);
  // 512, 384, -6, -3 in halves; the last is -1 (of -1.5).
  EXPECT_EQ(net.Run(), (Ints{255, 242, 47, 49}));
}

// What the loops take for granted is looked at first.
TEST(ReferencePRelu, RefusesWhatItsLoopsCannotRun) {
  const auto refused = [](const std::function<void(OneLayer&)>& damage) {
    OneLayer net;
    net.Input({2, 2}, {0, 1, 2, 3});
    net.Row<int16_t>({1, 2});
    net.Layer(Options(0, 0, 0, 255), {2, 2});
    damage(net);
    try {
      net.Run();
    } catch (const std::logic_error&) {
      return true;
    }
    return false;
  };
  const auto prelu = [](OneLayer& net) { return net.model().layers[0]->options.AsPRelu(); };
  const auto retype = [](joint::TensorT& tensor, joint::DType dtype, int size) {
    tensor.dtype = dtype;
    tensor.bytes = static_cast<uint64_t>(4 * size);
  };
  EXPECT_FALSE(refused([](OneLayer&) {}));
  EXPECT_TRUE(refused([](OneLayer& net) { net.model().layers[0]->inputs.pop_back(); }));
  EXPECT_TRUE(refused([](OneLayer& net) { net.model().tensors[2]->shape = {4, 1}; }));
  EXPECT_TRUE(refused([](OneLayer& net) { net.model().tensors[1]->shape = {3}; }));
  EXPECT_TRUE(refused([](OneLayer& net) { net.model().tensors[1]->dtype = joint::DType::U16; }));
  EXPECT_TRUE(refused([](OneLayer& net) { net.model().tensors[0]->dtype = joint::DType::S8; }));
  EXPECT_TRUE(refused([](OneLayer& net) { net.model().tensors[2]->dtype = joint::DType::S8; }));
  EXPECT_TRUE(refused([&](OneLayer& net) { prelu(net)->shift = 32; }));
  EXPECT_TRUE(refused([&](OneLayer& net) { prelu(net)->slope_shift = -31; }));
  EXPECT_TRUE(refused([&](OneLayer& net) { prelu(net)->clamp_low = -1; }));
  EXPECT_TRUE(refused([&](OneLayer& net) { prelu(net)->clamp_high = 256; }));
  EXPECT_TRUE(refused([&](OneLayer& net) {
    retype(*net.model().tensors[2], joint::DType::F32, 4);
    retype(*net.model().tensors[0], joint::DType::F32, 4);
  }));
  EXPECT_TRUE(refused([&](OneLayer& net) { retype(*net.model().tensors[2], joint::DType::F32, 4); }));
  EXPECT_TRUE(refused([](OneLayer& net) {
    net.model().tensors[2]->shape = {1, 2, 2};
  })) << "the input would be broadcast";
  EXPECT_TRUE(refused([&](OneLayer& net) {
    retype(*net.model().tensors[2], joint::DType::F32, 4);
    retype(*net.model().tensors[1], joint::DType::F32, 2);
    net.model().constants[0]->data.resize(8);
  })) << "integers into floats";
}

}  // namespace
}  // namespace lockstep::test
