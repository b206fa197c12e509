// Interpolate against values computed by hand from docs/arithmetic.md.
#include <gtest/gtest.h>

#include "one_layer.h"

namespace lockstep::test {
namespace {

using Ints = std::vector<int>;

// The multiplier is 2^-(1+shift).
joint::InterpolateT Options(const Ints& rows, const Ints& row_weights, const Ints& columns, const Ints& column_weights,
                            int shift, int high = 255) {
  joint::InterpolateT options;
  options.rows = rows;
  options.row_weights = row_weights;
  options.columns = columns;
  options.column_weights = column_weights;
  options.multiplier = 1 << 30;
  options.shift = shift;
  options.clamp_high = high;
  return options;
}

TEST(ReferenceInterpolate, WeighsRowsAndColumnsAndRoundsOnce) {
  OneLayer net;
  net.Input({1, 2, 2, 1}, {10, 14, 7, 3}, 1.0F, 10);
  net.Layer(Options({0, 0}, {3, 1, 1, 3}, {0, 0, 0}, {4, 0, 1, 3, 0, 4}, 3), {1, 2, 3, 1}, 1.0F, 100);
  // Differences 0, 4; -3, -7. First row times 4: -3, 5; columns: -12, 12, 20; second row -9, -17: -36, -60, -68.
  // Sixteenths: -0.75, 0.75, 1.25; -2.25, -3.75, -4.25.
  EXPECT_EQ(net.Run(), (Ints{99, 101, 101, 98, 96, 96}));
}

TEST(ReferenceInterpolate, RoundsHalvesUpAndClamps) {
  OneLayer net;
  net.Input({1, 1, 4, 1}, {9, 11, 10, 200}, 1.0F, 10);
  net.Layer(Options({0}, {1}, {0, 1, 2, 3}, {1, 1, 1, 1}, 0, 180), {1, 1, 4, 1}, 1.0F, 90);
  // Halves of -1, 1, 0, 190.
  EXPECT_EQ(net.Run(), (Ints{90, 91, 90, 180}));
}

TEST(ReferenceInterpolate, OfSixteenBitsBeyondThirtyTwoBits) {
  OneLayer net;
  net.Input({1, 2, 1, 2}, {65535, 0, 65535, 1}, 1.0F, 0, joint::DType::U16);
  net.Layer(Options({0}, {1 << 18, (1 << 18) + 1}, {0}, {1 << 19}, 37, 65535), {1, 1, 1, 2}, 1.0F, 0,
            joint::DType::U16);
  // 65535 * (2^19 + 1) * 2^19 / 2^38 is 65535.1; (2^18 + 1) * 2^19 / 2^38 is a little more than a half.
  EXPECT_EQ(net.Run(), (Ints{65535, 1}));
}

TEST(ReferenceInterpolate, OfFloatsInTheWrittenOrder) {
  OneLayer net;
  net.FloatInput({1, 2, 2, 1}, {1e8F, 1.0F, -1e8F, 2.0F});
  joint::InterpolateT options = Options({0}, {}, {0, 0}, {}, 0);
  options.float_row_weights = {1.0F, 1.0F};
  options.float_column_weights = {1.0F, 0.5F, 0.0F, 4.0F};
  net.Layer(options, {1, 1, 2, 1}, 1.0F, 0, joint::DType::F32);
  // Columns first would lose the 1 in 1e8.
  EXPECT_EQ(net.RunFloat(), (std::vector<float>{1.5F, 12.0F}));
}

// What the loops take for granted is looked at first.
TEST(ReferenceInterpolateDeathTest, RefusesWhatItsLoopsCannotRun) {
  const auto make = [](OneLayer& net) {
    net.Input({1, 3, 2, 1}, {0, 1, 2, 3, 4, 5});
    net.Layer(Options({0, 1}, {1, 2, 3, 4}, {0, 1}, {1, 2}, 0), {1, 2, 2, 1});
  };
  using Layer = joint::InterpolateT;
  const std::vector<Misfit> misfits = {
      {"two inputs", [](OneLayer& net) { net.layer().inputs.push_back(0); }},
      {"the batch",
       [](OneLayer& net) {
         net.tensor(1).shape = {2, 2, 2, 1};
       }},
      {"the channels",
       [](OneLayer& net) {
         net.tensor(1).shape = {1, 2, 2, 3};
       }},
      {"the rank of the input",
       [](OneLayer& net) {
         net.tensor(0).shape = {1, 3, 2};
       }},
      {"the rank of the output",
       [](OneLayer& net) {
         net.tensor(1).shape = {1, 2, 2};
       }},
      {"the rows", [](OneLayer& net) { net.options<Layer>().rows.pop_back(); }},
      {"a row beyond the end", [](OneLayer& net) { net.options<Layer>().rows[1] = 2; }},
      {"a row in front", [](OneLayer& net) { net.options<Layer>().rows[0] = -1; }},
      {"no weights", [](OneLayer& net) { net.options<Layer>().row_weights.clear(); }},
      {"odd weights", [](OneLayer& net) { net.options<Layer>().row_weights.pop_back(); }},
      {"a column", [](OneLayer& net) { net.options<Layer>().columns[0] = 2; }},
      {"the type of the input", [](OneLayer& net) { net.tensor(0).dtype = joint::DType::S8; }},
      {"the type of the output", [](OneLayer& net) { net.tensor(1).dtype = joint::DType::S8; }},
      {"the shift", [](OneLayer& net) { net.options<Layer>().shift = 32; }},
      {"a negative shift", [](OneLayer& net) { net.options<Layer>().shift = -31; }},
      {"the lower limit", [](OneLayer& net) { net.options<Layer>().clamp_low = -1; }},
      {"the upper limit", [](OneLayer& net) { net.options<Layer>().clamp_high = 256; }},
  };
  ExpectRefusals(make, misfits);
}

TEST(ReferenceInterpolateDeathTest, RefusesFloatsThatItsLoopsCannotRun) {
  const auto make = [](OneLayer& net) {
    net.Input({1, 3, 2, 1}, {0, 1, 2, 3, 4, 5});
    joint::InterpolateT options = Options({0, 1}, {}, {0, 1}, {}, 0);
    options.float_row_weights = {1, 2, 3, 4};
    options.float_column_weights = {1, 2};
    net.Layer(options, {1, 2, 2, 1});
    net.Retype(0, 1, joint::DType::F32);
  };
  using Layer = joint::InterpolateT;
  const std::vector<Misfit> misfits = {
      {"integers", [](OneLayer& net) { net.tensor(0).dtype = joint::DType::U8; }},
      {"the rows", [](OneLayer& net) { net.options<Layer>().rows[0] = 2; }},
      {"the weights of columns", [](OneLayer& net) { net.options<Layer>().float_column_weights.clear(); }},
  };
  ExpectRefusals(make, misfits);
}

}  // namespace
}  // namespace lockstep::test
