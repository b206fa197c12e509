#include <string>

#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

joint::InterpolateT& Interpolation(ModelT& m) { return *FirstOptions<joint::InterpolateT>(m); }
joint::LayerT& InterpolationLayer(ModelT& m) { return *FirstLayer<joint::InterpolateT>(m); }

// The input is 1 x 6 x 8 x 16, the output 1 x 5 x 6 x 16, two weights for each row and column.
const Damage kInterpolateDamages[] = {
    {"TwoInputs", [](ModelT& m) { InterpolationLayer(m).inputs.push_back(InterpolationLayer(m).inputs[0]); },
     "number of inputs is 2"},
    {"TwoOutputs", [](ModelT& m) { InterpolationLayer(m).outputs.push_back(InterpolationLayer(m).outputs[0]); },
     "number of outputs is 2"},
    {"InputRank", [](ModelT& m) { InterpolationLayer(m).inputs[0] = FirstLayer<joint::TopKT>(m)->inputs[0]; },
     "must have four axes"},
    {"OutputRank",
     [](ModelT& m) {
       OutputOf<joint::InterpolateT>(m).shape = {5, 6, 16};
     },
     "must have four axes"},
    {"Batch", [](ModelT& m) { DoubleBatch(m, OutputOf<joint::InterpolateT>(m)); }, "must have the same batch"},
    {"Channels",
     [](ModelT& m) {
       OutputOf<joint::InterpolateT>(m).shape = {1, 5, 16, 6};
     },
     "must have the same batch and channels"},
    {"OutputType",
     [](ModelT& m) {
       joint::TensorT& y = OutputOf<joint::InterpolateT>(m);
       y.dtype = joint::DType::S16;
       y.quantization->zero_point = {0};
     },
     "output: must be of dtype u8 or u16"},
    {"Rows", [](ModelT& m) { Interpolation(m).rows.pop_back(); }, "rows is 4, must be 5"},
    {"Columns", [](ModelT& m) { Interpolation(m).columns.push_back(0); }, "columns is 7, must be 6"},
    {"RowNegative", [](ModelT& m) { Interpolation(m).rows[0] = -1; }, "rows[0] is -1, must be 0..4"},
    {"RowBeyond", [](ModelT& m) { Interpolation(m).rows[4] = 5; }, "rows[4] is 5, must be 0..4"},
    {"ColumnBeyond", [](ModelT& m) { Interpolation(m).columns[5] = INT32_MAX; }, "columns[5] is 2147483647"},
    {"NoRowWeights", [](ModelT& m) { Interpolation(m).row_weights.clear(); }, "length of row_weights is 0"},
    {"NoColumnWeights", [](ModelT& m) { Interpolation(m).column_weights.clear(); }, "length of column_weights is 0"},
    {"ManyRowWeights", [](ModelT& m) { Interpolation(m).row_weights.resize(35); }, "length of row_weights is 7"},
    {"OddRowWeights", [](ModelT& m) { Interpolation(m).row_weights.pop_back(); }, "row_weights: is not as many"},
    {"OddColumnWeights", [](ModelT& m) { Interpolation(m).column_weights.push_back(0); },
     "column_weights: is not as many"},
    {"LargeRowWeight", [](ModelT& m) { Interpolation(m).row_weights[9] = 8421505; }, "row_weights: a sum leaves"},
    {"SmallRowWeight", [](ModelT& m) { Interpolation(m).row_weights[9] = INT32_MIN; }, "row_weights: a sum leaves"},
    {"LargeColumnWeight", [](ModelT& m) { Interpolation(m).column_weights[0] = -30000; },
     "column_weights: a sum leaves"},
    {"FloatRowWeights", [](ModelT& m) { Interpolation(m).float_row_weights = {1.0F}; },
     "float_row_weights: is for tensors of dtype f32"},
    {"FloatColumnWeights", [](ModelT& m) { Interpolation(m).float_column_weights = {1.0F}; },
     "float_column_weights: is for tensors of dtype f32"},
    {"Multiplier", [](ModelT& m) { Interpolation(m).multiplier = (1 << 30) - 1; }, "multiplier is 1073741823"},
    {"Shift", [](ModelT& m) { Interpolation(m).shift = 32; }, "shift is 32"},
    {"NegativeShift", [](ModelT& m) { Interpolation(m).shift = -31; }, "shift is -31"},
    {"ClampLow", [](ModelT& m) { Interpolation(m).clamp_low = -1; }, "clamp_low"},
    {"ClampHigh", [](ModelT& m) { Interpolation(m).clamp_high = 65536; }, "clamp_high"},
};

// The input is 1 x 6 x 8 x 60, the output 1 x 9 x 5 x 60.
const Damage kFloatInterpolateDamages[] = {
    {"Input",
     [](ModelT& m) {
       InterpolationLayer(m).inputs[0] = m.inputs[0]->tensor;
       OutputOf<joint::InterpolateT>(m).shape = {1, 9, 5, 3};
       OutputOf<joint::InterpolateT>(m).bytes = 9 * 5 * 3 * 4;
     },
     "must be of dtype f32"},
    {"RowWeights", [](ModelT& m) { Interpolation(m).row_weights = {1}; }, "length of row_weights is 1"},
    {"ColumnWeights", [](ModelT& m) { Interpolation(m).column_weights = {1}; }, "length of column_weights is 1"},
    {"Rows", [](ModelT& m) { Interpolation(m).rows[8] = 5; }, "rows[8] is 5, must be 0..4"},
    {"Columns", [](ModelT& m) { Interpolation(m).columns[0] = 7; }, "columns[0] is 7, must be 0..6"},
    {"NoRowWeights", [](ModelT& m) { Interpolation(m).float_row_weights.clear(); }, "float_row_weights"},
    {"NoColumnWeights", [](ModelT& m) { Interpolation(m).float_column_weights.clear(); }, "float_column_weights"},
    {"OddColumnWeights", [](ModelT& m) { Interpolation(m).float_column_weights.pop_back(); },
     "float_column_weights: is not as many"},
};

INSTANTIATE_TEST_SUITE_P(Interpolate, ModelDamage, testing::ValuesIn(kInterpolateDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(Interpolate, FloatDamage, testing::ValuesIn(kFloatInterpolateDamages), DamageName);

// Sums of U16 have 55 bits, and what a negative shift makes of them 64.
TEST(Interpolate, OfSixteenBitsIsBoundByItsSums) {
  const auto message_of = [](int row, int column, int shift) -> std::string {
    NetworkBuilder net(4);
    net.Output(net.Interpolate(net.Input({1, 2, 3, 1}, 0.1F, 0, joint::DType::U16), 1, 1, 1, joint::DType::U16));
    ModelT model = net.Finish();
    Interpolation(model).row_weights = {row};
    Interpolation(model).column_weights = {column};
    Interpolation(model).shift = shift;
    return MessageOf(model);
  };
  EXPECT_EQ(message_of(741460, -741460, 0), "");  // 65535 * 741460^2 is just below 2^55
  EXPECT_NE(message_of(741461, 741461, 0).find("column_weights: a sum leaves"), std::string::npos);
  EXPECT_EQ(message_of(1, 1, 55), "");
  EXPECT_NE(message_of(1, 1, 56).find("shift is 56"), std::string::npos);
  EXPECT_EQ(message_of(1, 32768, -30), "");
  EXPECT_NE(message_of(1, 32769, -30).find("shift: the scaled sum leaves 64 bits"), std::string::npos);
  EXPECT_EQ(message_of(1, 32769, -29), "");
}

// Elements of the output by the weights of columns, and input columns of every output row by those of rows.
TEST(Interpolate, IsBoundByItsWork) {
  const auto message_of = [](int height, int width, int taps, uint64_t work) -> std::string {
    NetworkBuilder net(4);
    net.Output(net.Interpolate(net.Input({1, 10, 10, 1}), height, width, taps));
    return MessageOf(net.Finish(), work);
  };
  // 20 rows of 10 input columns, 600 output elements by 4 weights, and those again.
  EXPECT_EQ(message_of(20, 30, 4, 20 * 10 * 4 + 600 * 4 + 600), "");
  EXPECT_NE(message_of(20, 30, 4, 20 * 10 * 4 + 600 * 4 + 599).find("work"), std::string::npos);
}

}  // namespace
}  // namespace lockstep::test
