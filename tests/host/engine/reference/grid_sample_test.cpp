// GridSample against values computed by hand from docs/arithmetic.md.
#include <gtest/gtest.h>

#include <limits>

#include "one_layer.h"

namespace lockstep::test {
namespace {

using Ints = std::vector<int>;
using joint::GridPadding;

constexpr int kZero = 10;  // zero point of the grid

// A level of the grid is half a pixel: the place is (size - 1 + level) / 2. The multiplier takes the weights away.
joint::GridSampleT Options(GridPadding padding, bool align, bool nearest) {
  joint::GridSampleT options;
  options.nearest = nearest;
  options.padding = padding;
  options.align_corners = align;
  options.column_multiplier = options.row_multiplier = options.multiplier = 1 << 30;
  options.column_shift = options.row_shift = nearest ? -19 : -11;
  options.shift = nearest ? -1 : 21;
  options.clamp_high = 255;
  return options;
}

// Differences 0, 4; -3, -7. Places by column and row: (1/2, 1/2), (1, 1/2), (2, 0), (3/2, -1), (3/2, 1/2).
OneLayer Sampled(const joint::GridSampleT& options) {
  OneLayer net;
  net.Input({1, 2, 2, 1}, {10, 14, 7, 3}, 1.0F, 10);
  Ints grid = {0, 0, 1, 0, 3, -1, 2, -3, 2, 0};
  for (int& level : grid) level += kZero;
  net.Input({1, 1, 5, 2}, grid, 1.0F, kZero);
  net.Layer(options, {1, 1, 5, 1}, 1.0F, 100);
  return net;
}

TEST(ReferenceGridSample, PadsAndRoundsHalvesUp) {
  // -3/2, -3/2; what is outside is 0: 0, 0, (4 - 7) / 4.
  EXPECT_EQ(Sampled(Options(GridPadding::Zeros, false, false)).Run(), (Ints{99, 99, 100, 100, 99}));
  // Places become (1, 0), (1, 0), (1, 1/2).
  EXPECT_EQ(Sampled(Options(GridPadding::Border, false, false)).Run(), (Ints{99, 99, 104, 104, 99}));
  // At the outer edges, -1/2 and 3/2: 2 becomes 1, 3/2 stays and ends at 1, -1 becomes 0.
  EXPECT_EQ(Sampled(Options(GridPadding::Reflection, false, false)).Run(), (Ints{99, 99, 104, 104, 99}));
  // At the middles, 0 and 1: 2 becomes 0, (3/2, -1) becomes (1/2, 1), 3/2 becomes 1/2.
  EXPECT_EQ(Sampled(Options(GridPadding::Reflection, true, false)).Run(), (Ints{99, 99, 100, 95, 99}));
}

TEST(ReferenceGridSample, NearestTakesTheEvenOfTwo) {
  // (0, 0), (1, 0), outside, outside, (2, 0) outside.
  EXPECT_EQ(Sampled(Options(GridPadding::Zeros, false, true)).Run(), (Ints{100, 104, 100, 100, 100}));
  // (0, 0), (1, 0), (1, 0), (1, 0), (1, 0).
  EXPECT_EQ(Sampled(Options(GridPadding::Border, false, true)).Run(), (Ints{100, 104, 104, 104, 104}));
  // (0, 0), (1, 0), (0, 0), (0, 1), (0, 0).
  EXPECT_EQ(Sampled(Options(GridPadding::Reflection, true, true)).Run(), (Ints{100, 104, 100, 97, 100}));
}

TEST(ReferenceGridSample, Clamps) {
  joint::GridSampleT options = Options(GridPadding::Border, false, true);
  options.clamp_low = 101;
  options.clamp_high = 103;
  EXPECT_EQ(Sampled(options).Run(), (Ints{101, 103, 103, 103, 103}));
}

TEST(ReferenceGridSample, OfSixteenBitsBeyondThirtyTwoBits) {
  OneLayer net;
  net.Input({1, 1, 2, 1}, {65535, 1}, 1.0F, 0, joint::DType::U16);
  net.Input({1, 1, 1, 2}, {40000, 40001}, 1.0F, 40001, joint::DType::U16);
  joint::GridSampleT options = Options(GridPadding::Zeros, false, false);
  options.column_shift = options.row_shift = -18;  // a level is a quarter
  options.shift = 37;
  options.clamp_high = 65535;
  net.Layer(options, {1, 1, 1, 1}, 1.0F, 0, joint::DType::U16);
  EXPECT_EQ(net.Run(), (Ints{49152}));  // 3/4 * 65535 + 1/4 is 49151.5
}

TEST(ReferenceGridSample, OfFloats) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  OneLayer net;
  net.FloatInput({1, 2, 2, 1}, {1.0F, 2.0F, 3.0F, 4.0F});
  net.FloatInput({1, 1, 4, 2}, {0.0F, 0.0F, -1.0F, -1.0F, nan, 0.5F, 0.5F, 1.0F});
  joint::GridSampleT options;
  net.Layer(options, {1, 1, 4, 1}, 1.0F, 0, joint::DType::F32);
  // (1/2, 1/2); (-1/2, -1/2): a quarter of 1; outside; (1, 3/2): half of 4.
  EXPECT_EQ(net.RunFloat(), (std::vector<float>{2.5F, 0.25F, 0.0F, 2.0F}));
  net.options<joint::GridSampleT>().padding = GridPadding::Border;
  // The last ones become (0, 1) and (1, 1).
  EXPECT_EQ(net.RunFloat(), (std::vector<float>{2.5F, 1.0F, 3.0F, 4.0F}));
}

// What the loops take for granted is looked at first.
TEST(ReferenceGridSampleDeathTest, RefusesWhatItsLoopsCannotRun) {
  using Layer = joint::GridSampleT;
  const auto make = [](OneLayer& net) {
    net.Input({1, 3, 2, 1}, {0, 1, 2, 3, 4, 5});
    net.Input({1, 2, 2, 2}, {0, 1, 2, 3, 4, 5, 6, 7});
    net.Layer(Options(GridPadding::Zeros, false, false), {1, 2, 2, 1});
  };
  const auto shape = [](size_t tensor, const Ints& is) {
    return [tensor, is](OneLayer& net) { net.tensor(tensor).shape = is; };
  };
  const std::vector<Misfit> misfits = {
      {"one input", [](OneLayer& net) { net.layer().inputs.pop_back(); }},
      {"the batch", shape(0, {2, 3, 1, 1})},
      {"the channels", shape(0, {1, 3, 1, 2})},
      {"the rank of the input", shape(0, {1, 3, 2})},
      {"the rank of the grid", shape(1, {2, 2, 2})},
      {"the rank of the output", shape(2, {2, 2, 1})},
      {"the batch of the grid", shape(1, {2, 2, 1, 2})},
      {"the rows of the grid", shape(1, {1, 1, 2, 2})},
      {"the columns of the grid", shape(1, {1, 2, 1, 2})},
      {"the numbers of the grid", shape(1, {1, 2, 2, 1})},
      {"the padding", [](OneLayer& net) { net.options<Layer>().padding = static_cast<GridPadding>(3); }},
      {"the type of the input", [](OneLayer& net) { net.tensor(0).dtype = joint::DType::S8; }},
      {"the type of the grid", [](OneLayer& net) { net.tensor(1).dtype = joint::DType::S8; }},
      {"the type of the output", [](OneLayer& net) { net.tensor(2).dtype = joint::DType::S8; }},
      {"the multiplier of columns", [](OneLayer& net) { net.options<Layer>().column_multiplier = 1; }},
      {"the shift of rows", [](OneLayer& net) { net.options<Layer>().row_shift = -31; }},
      {"the shift", [](OneLayer& net) { net.options<Layer>().shift = 32; }},
      {"the lower limit", [](OneLayer& net) { net.options<Layer>().clamp_low = -1; }},
      {"the upper limit", [](OneLayer& net) { net.options<Layer>().clamp_high = 256; }},
  };
  ExpectRefusals(make, misfits);
}

TEST(ReferenceGridSampleDeathTest, RefusesFloatsThatItsLoopsCannotRun) {
  const auto make = [](OneLayer& net) {
    net.FloatInput({1, 1, 2, 1}, {0, 1});
    net.FloatInput({1, 1, 1, 2}, {0, 1});
    net.Layer(joint::GridSampleT(), {1, 1, 1, 1}, 1.0F, 0, joint::DType::F32);
  };
  const std::vector<Misfit> misfits = {
      {"integers", [](OneLayer& net) { net.tensor(0).dtype = joint::DType::U8; }},
      {"a grid of integers", [](OneLayer& net) { net.tensor(1).dtype = joint::DType::U8; }},
  };
  ExpectRefusals(make, misfits);
}

}  // namespace
}  // namespace lockstep::test
