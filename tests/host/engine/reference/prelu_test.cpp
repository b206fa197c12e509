// PRelu against values computed by hand from docs/arithmetic.md.
#include <gtest/gtest.h>

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
TEST(ReferencePReluDeathTest, RefusesWhatItsLoopsCannotRun) {
  const auto make = [](OneLayer& net) {
    net.Input({2, 2}, {0, 1, 2, 3});
    net.Row<int16_t>({1, 2});
    net.Layer(Options(0, 0, 0, 255), {2, 2});
  };
  const std::vector<Misfit> misfits = {
      {"one input", [](OneLayer& net) { net.layer().inputs.pop_back(); }},
      {"the shape",
       [](OneLayer& net) {
         net.tensor(2).shape = {4, 1};
       }},
      {"the input would be broadcast",
       [](OneLayer& net) {
         net.tensor(2).shape = {1, 2, 2};
       }},
      {"slopes of another axis", [](OneLayer& net) { net.tensor(1).shape = {3}; }},
      {"the type of the slopes", [](OneLayer& net) { net.tensor(1).dtype = joint::DType::U16; }},
      {"the shift of the slopes", [](OneLayer& net) { net.options<joint::PReluT>().slope_shift = -31; }},
      {"the type of the input", [](OneLayer& net) { net.tensor(0).dtype = joint::DType::S8; }},
      {"the type of the output", [](OneLayer& net) { net.tensor(2).dtype = joint::DType::S8; }},
      {"the shift", [](OneLayer& net) { net.options<joint::PReluT>().shift = 32; }},
      {"the lower limit", [](OneLayer& net) { net.options<joint::PReluT>().clamp_low = -1; }},
      {"the upper limit", [](OneLayer& net) { net.options<joint::PReluT>().clamp_high = 256; }},
  };
  ExpectRefusals(make, misfits);
}

TEST(ReferencePReluDeathTest, RefusesFloatsThatItsLoopsCannotRun) {
  const auto make = [](OneLayer& net) {
    net.Input({2, 2}, {0, 1, 2, 3});
    net.Row<int16_t>({1, 2});
    net.Layer(Options(0, 0, 0, 255), {2, 2});
    net.Retype(0, 2, joint::DType::F32);
  };
  const std::vector<Misfit> misfits = {
      {"integers", [](OneLayer& net) { net.tensor(0).dtype = joint::DType::U8; }},
      {"slopes of integers", [](OneLayer& net) { net.tensor(1).dtype = joint::DType::S16; }},
  };
  ExpectRefusals(make, misfits);
}

}  // namespace
}  // namespace lockstep::test
