#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

joint::GridSampleT& Sampling(ModelT& m) { return *FirstOptions<joint::GridSampleT>(m); }
joint::LayerT& SamplingLayer(ModelT& m) { return *FirstLayer<joint::GridSampleT>(m); }
joint::TensorT& SampledGrid(ModelT& m) { return InputOf<joint::GridSampleT>(m, 1); }

// The input is 1 x 6 x 8 x 16 of U8, the grid 1 x 6 x 8 x 2, the output 1 x 6 x 8 x 16 of U16.
const Damage kGridSampleDamages[] = {
    {"OneInput", [](ModelT& m) { SamplingLayer(m).inputs.pop_back(); }, "number of inputs is 1"},
    {"TwoOutputs", [](ModelT& m) { SamplingLayer(m).outputs.push_back(SamplingLayer(m).outputs[0]); },
     "number of outputs is 2"},
    {"InputType", [](ModelT& m) { SamplingLayer(m).inputs[0] = m.outputs[0]->tensor; },
     "input: must be of dtype u8 or u16"},
    {"GridType", [](ModelT& m) { SamplingLayer(m).inputs[1] = m.outputs[0]->tensor; },
     "grid: must be of dtype u8 or u16"},
    {"OutputType",
     [](ModelT& m) {
       joint::TensorT& y = OutputOf<joint::GridSampleT>(m);
       y.dtype = joint::DType::S16;
       y.quantization->zero_point = {0};
     },
     "output: must be of dtype u8 or u16"},
    {"InputRank", [](ModelT& m) { SamplingLayer(m).inputs[0] = FirstLayer<joint::TopKT>(m)->inputs[0]; },
     "must have four axes"},
    {"OutputRank",
     [](ModelT& m) {
       OutputOf<joint::GridSampleT>(m).shape = {6, 8, 16};
     },
     "must have four axes"},
    {"Batch", [](ModelT& m) { DoubleBatch(m, OutputOf<joint::GridSampleT>(m)); }, "must have the same batch"},
    {"Channels",
     [](ModelT& m) {
       OutputOf<joint::GridSampleT>(m).shape = {1, 6, 16, 8};
     },
     "must have the same batch and channels"},
    {"GridRank",
     [](ModelT& m) {
       SampledGrid(m).shape = {48, 2};
     },
     "grid: must have four axes"},
    {"GridNumbers",
     [](ModelT& m) {
       SampledGrid(m).shape = {1, 6, 2, 8};
     },
     "grid: must have four axes, the last of 2"},
    {"GridBatch",
     [](ModelT& m) {
       SampledGrid(m).shape = {2, 3, 8, 2};
     },
     "grid: must have the output's batch"},
    {"GridRows",
     [](ModelT& m) {
       SampledGrid(m).shape = {1, 12, 4, 2};
     },
     "grid: must have the output's batch, rows"},
    {"OutputColumns",
     [](ModelT& m) {
       OutputOf<joint::GridSampleT>(m).shape = {1, 8, 6, 16};
     },
     "grid: must have the output's batch, rows and columns"},
    {"Padding", [](ModelT& m) { Sampling(m).padding = static_cast<joint::GridPadding>(3); },
     "padding is 3, must be 0..2"},
    {"ColumnMultiplier", [](ModelT& m) { Sampling(m).column_multiplier = (1 << 30) - 1; },
     "column_multiplier is 1073741823"},
    {"ColumnShift", [](ModelT& m) { Sampling(m).column_shift = 32; }, "column_shift is 32, must be -30..31"},
    {"RowMultiplier", [](ModelT& m) { Sampling(m).row_multiplier = 0; }, "row_multiplier is 0"},
    {"RowShift", [](ModelT& m) { Sampling(m).row_shift = -31; }, "row_shift is -31, must be -30..31"},
    {"Multiplier", [](ModelT& m) { Sampling(m).multiplier = -1; }, "multiplier is -1"},
    {"Shift", [](ModelT& m) { Sampling(m).shift = 32; }, ": shift is 32, must be -30..31"},
    {"NegativeShift", [](ModelT& m) { Sampling(m).shift = -31; }, ": shift is -31, must be -30..31"},
    {"ClampLow", [](ModelT& m) { Sampling(m).clamp_low = -1; }, "clamp_low"},
    {"ClampHigh", [](ModelT& m) { Sampling(m).clamp_high = 65536; }, "clamp_high"},
};

const Damage kFloatGridSampleDamages[] = {
    {"Input", [](ModelT& m) { SamplingLayer(m).inputs[0] = m.inputs[0]->tensor; }, "input: must be of dtype f32"},
    {"Grid", [](ModelT& m) { SamplingLayer(m).inputs[1] = m.inputs[0]->tensor; }, "grid: must be of dtype f32"},
    {"Padding", [](ModelT& m) { Sampling(m).padding = static_cast<joint::GridPadding>(255); }, "padding is 255"},
};

INSTANTIATE_TEST_SUITE_P(GridSample, ModelDamage, testing::ValuesIn(kGridSampleDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(GridSample, FloatDamage, testing::ValuesIn(kFloatGridSampleDamages), DamageName);

std::string SampledMessage(const std::vector<int>& shape, bool nearest, int shift,
                           uint64_t work = LoadOptions().max_work) {
  NetworkBuilder net(4);
  joint::GridSampleT options;
  options.nearest = nearest;
  const int x = net.Input(shape, 0.1F, 0, joint::DType::U16);
  net.Output(net.GridSample(x, net.Grid({1, 2, 3, 2}, joint::DType::U16), options, joint::DType::U16));
  ModelT model = net.Finish();
  Sampling(model).shift = shift;
  return MessageOf(model, work);
}

// A weighted sum of U16 has 54 bits, and what a negative shift would make of it more than 64.
TEST(GridSample, OfSixteenBitsIsBoundByItsSums) {
  EXPECT_EQ(SampledMessage({1, 4, 5, 1}, false, 0), "");
  EXPECT_EQ(SampledMessage({1, 4, 5, 1}, false, 55), "");
  EXPECT_NE(SampledMessage({1, 4, 5, 1}, false, -1).find("shift is -1, must be 0..55"), std::string::npos);
  EXPECT_NE(SampledMessage({1, 4, 5, 1}, false, 56).find("shift is 56"), std::string::npos);
  EXPECT_EQ(SampledMessage({1, 4, 5, 1}, true, -30), "");
  EXPECT_NE(SampledMessage({1, 4, 5, 1}, true, 32).find("shift is 32, must be -30..31"), std::string::npos);
}

TEST(GridSample, IsBoundByRowsAndColumns) {
  constexpr int kMost = (1 << 22) - 1;
  EXPECT_EQ(SampledMessage({1, 1, kMost, 1}, true, 0), "");
  EXPECT_EQ(SampledMessage({1, kMost, 1, 1}, true, 0), "");
  EXPECT_NE(SampledMessage({1, 1, kMost + 1, 1}, true, 0).find("columns of the input is 4194304"), std::string::npos);
  EXPECT_NE(SampledMessage({1, kMost + 1, 1, 1}, true, 0).find("rows of the input is 4194304"), std::string::npos);
}

// Six pixels of two channels, each with its weights and once more.
TEST(GridSample, IsBoundByItsWork) {
  EXPECT_EQ(SampledMessage({1, 4, 5, 2}, false, 0, 60), "");
  EXPECT_NE(SampledMessage({1, 4, 5, 2}, false, 0, 59).find("work"), std::string::npos);
  EXPECT_EQ(SampledMessage({1, 4, 5, 2}, true, 0, 24), "");
  EXPECT_NE(SampledMessage({1, 4, 5, 2}, true, 0, 23).find("work"), std::string::npos);
}

}  // namespace
}  // namespace lockstep::test
