// ReduceMean against values computed by hand from docs/arithmetic.md.
#include <gtest/gtest.h>

#include "one_layer.h"

namespace lockstep::test {
namespace {

using Ints = std::vector<int>;

// A multiplier of 2^-(1+shift).
joint::ReduceMeanT Options(const std::vector<uint8_t>& axes, int shift, int low, int high) {
  joint::ReduceMeanT mean;
  mean.axes = axes;
  mean.multiplier = 1 << 30;
  mean.shift = shift;
  mean.clamp_low = low;
  mean.clamp_high = high;
  return mean;
}

TEST(ReferenceReduceMean, RoundsOnceHalfUpAndClamps) {
  OneLayer rows;
  rows.Input({4, 2}, {5, 4, 3, 4, 9, 6, 200, 100}, 1.0F, 5);
  rows.Layer(Options({1}, 0, 8, 50), {4, 1}, 1.0F, 10);
  // Sums -1, -3, 5, 290; halves, half up: 0 (of -0.5), -1 (of -1.5), 3 (of 2.5), 145.
  EXPECT_EQ(rows.Run(), (Ints{10, 9, 13, 50}));
}

TEST(ReferenceReduceMean, AxesApartWithoutKeepingThem) {
  OneLayer net;
  // By the first and last axis: 1, 2, 5, 6 and 3, 4, 7, 8.
  net.Input({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  net.Layer(Options({0, 2}, 1, 0, 255), {2});
  EXPECT_EQ(net.Run(), (Ints{4, 6}));  // 14 / 4 = 3.5 up, 22 / 4 = 5.5 up
}

TEST(ReferenceReduceMean, AllAxesOfSixteenBits) {
  OneLayer net;
  net.Input({1, 2, 2}, {65535, 65535, 65535, 65534}, 1.0F, 0, joint::DType::U16);
  net.Layer(Options({0, 1, 2}, 1, 0, 65535), {1}, 1.0F, 0, joint::DType::U16);
  EXPECT_EQ(net.Run(), (Ints{65535}));  // 65534.75
}

// What the loops take for granted is looked at first.
TEST(ReferenceReduceMeanDeathTest, RefusesWhatItsLoopsCannotRun) {
  const auto make = [](OneLayer& net) {
    net.Input({2, 3}, {1, 2, 3, 4, 5, 6});
    net.Layer(Options({1}, 0, 0, 255), {2});
  };
  const std::vector<Misfit> misfits = {
      {"two inputs", [](OneLayer& net) { net.layer().inputs.push_back(0); }},
      {"another axis", [](OneLayer& net) { net.options<joint::ReduceMeanT>().axes = {0}; }},
      {"the type of the input", [](OneLayer& net) { net.tensor(0).dtype = joint::DType::S8; }},
      {"the type of the output", [](OneLayer& net) { net.tensor(1).dtype = joint::DType::S8; }},
      {"the shift", [](OneLayer& net) { net.options<joint::ReduceMeanT>().shift = 32; }},
      {"the lower limit", [](OneLayer& net) { net.options<joint::ReduceMeanT>().clamp_low = -1; }},
      {"the upper limit", [](OneLayer& net) { net.options<joint::ReduceMeanT>().clamp_high = 256; }},
  };
  ExpectRefusals(make, misfits);
}

TEST(ReferenceReduceMeanDeathTest, RefusesFloatsThatItsLoopsCannotRun) {
  const auto make = [](OneLayer& net) {
    net.Input({2, 3}, {1, 2, 3, 4, 5, 6});
    net.Layer(Options({1}, 0, 0, 255), {2});
    net.Retype(0, 1, joint::DType::F32);
  };
  const std::vector<Misfit> misfits = {
      {"integers", [](OneLayer& net) { net.tensor(0).dtype = joint::DType::U8; }},
      {"another axis", [](OneLayer& net) { net.options<joint::ReduceMeanT>().axes = {0}; }},
  };
  ExpectRefusals(make, misfits);
}

}  // namespace
}  // namespace lockstep::test
