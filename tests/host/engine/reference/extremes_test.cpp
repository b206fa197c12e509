// ReduceMax and Maximum against values computed by hand from docs/arithmetic.md.
#include <gtest/gtest.h>

#include "one_layer.h"

namespace lockstep::test {
namespace {

using Ints = std::vector<int>;

joint::ReduceMaxT Reduce(const std::vector<uint8_t>& axes, bool smallest) {
  joint::ReduceMaxT reduce;
  reduce.axes = axes;
  reduce.smallest = smallest;
  return reduce;
}

TEST(ReferenceReduceMax, AxesApartAndAllOfThem) {
  for (const bool smallest : {false, true}) {
    OneLayer net;
    // By the first and last axis: 1, 2, 5, 6 and 3, 4, 7, 8.
    net.Input({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
    net.Layer(Reduce({0, 2}, smallest), {2});
    EXPECT_EQ(net.Run(), (smallest ? Ints{1, 3} : Ints{6, 8}));
    OneLayer wide;
    wide.Input({1, 2, 2}, {65535, 300, 1, 700}, 1.0F, 0, joint::DType::U16);
    wide.Layer(Reduce({0, 1, 2}, smallest), {1, 1, 1}, 1.0F, 0, joint::DType::U16);
    EXPECT_EQ(wide.Run(), (Ints{smallest ? 1 : 65535}));
  }
}

TEST(ReferenceReduceMaxDeathTest, RefusesWhatItsLoopsCannotRun) {
  const auto make = [](OneLayer& net) {
    net.Input({2, 3}, {1, 2, 3, 4, 5, 6});
    net.Layer(Reduce({1}, false), {2});
  };
  const std::vector<Misfit> misfits = {
      {"two inputs", [](OneLayer& net) { net.layer().inputs.push_back(0); }},
      {"another axis", [](OneLayer& net) { net.options<joint::ReduceMaxT>().axes = {0}; }},
      {"another type", [](OneLayer& net) { net.tensor(0).dtype = joint::DType::U16; }},
      {"signed integers", [](OneLayer& net) { net.tensor(0).dtype = net.tensor(1).dtype = joint::DType::S8; }},
  };
  ExpectRefusals(make, misfits);
}

// Multipliers of 2^-(1+shift).
joint::MaximumT Of(int shift_a, int shift_b, int low, int high, bool smallest) {
  joint::MaximumT maximum;
  maximum.multiplier_a = maximum.multiplier_b = 1 << 30;
  maximum.shift_a = shift_a;
  maximum.shift_b = shift_b;
  maximum.clamp_low = low;
  maximum.clamp_high = high;
  maximum.smallest = smallest;
  return maximum;
}

TEST(ReferenceMaximum, RoundsEachOperandOnceHalfUpAndClamps) {
  for (const bool smallest : {false, true}) {
    OneLayer net;
    net.Input({4}, {7, 10, 13, 255}, 1.0F, 10);  // -3, 0, 3, 245; halves, half up: -1, 0, 2, 123
    net.Input({4}, {3, 6, 4, 5}, 1.0F, 5);       // -2, 1, -1, 0; as they are
    net.Layer(Of(0, -1, 49, 120, smallest), {4}, 1.0F, 50);
    EXPECT_EQ(net.Run(), (smallest ? Ints{49, 50, 49, 50} : Ints{49, 51, 52, 120}));
  }
}

TEST(ReferenceMaximum, BroadcastsAndWidens) {
  OneLayer net;
  net.Input({2, 2}, {1, 2, 3, 4});
  net.Input({1}, {600}, 1.0F, 0, joint::DType::U16);
  net.Layer(Of(-9, -1, 0, 65535, false), {2, 2}, 1.0F, 0, joint::DType::U16);
  EXPECT_EQ(net.Run(), (Ints{600, 600, 768, 1024}));
}

TEST(ReferenceMaximumDeathTest, RefusesWhatItsLoopsCannotRun) {
  const auto make = [](OneLayer& net) {
    net.Input({2, 3}, {1, 2, 3, 4, 5, 6});
    net.Input({3}, {1, 2, 3});
    net.Layer(Of(0, 0, 0, 255, false), {2, 3});
  };
  const std::vector<Misfit> misfits = {
      {"one input", [](OneLayer& net) { net.layer().inputs.pop_back(); }},
      {"the type of an input", [](OneLayer& net) { net.tensor(1).dtype = joint::DType::S8; }},
      {"another shape", [](OneLayer& net) { net.tensor(1).shape = {2}; }},
      {"the shift of a", [](OneLayer& net) { net.options<joint::MaximumT>().shift_a = 32; }},
      {"the shift of b", [](OneLayer& net) { net.options<joint::MaximumT>().shift_b = -31; }},
  };
  ExpectRefusals(make, misfits);
}

}  // namespace
}  // namespace lockstep::test
