#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

joint::GatherT& Gathered(ModelT& m) { return *FirstOptions<joint::GatherT>(m); }
joint::LayerT& GatherLayer(ModelT& m) { return *FirstLayer<joint::GatherT>(m); }

// The input is 1 x 6 x 8 x 52, six elements are taken along axis 2.
const Damage kGatherDamages[] = {
    {"TwoInputs", [](ModelT& m) { GatherLayer(m).inputs.push_back(GatherLayer(m).inputs[0]); },
     "number of inputs is 2"},
    {"TwoOutputs", [](ModelT& m) { GatherLayer(m).outputs.push_back(GatherLayer(m).outputs[0]); },
     "number of outputs is 2"},
    {"Type", [](ModelT& m) { OutputOf<joint::GatherT>(m).dtype = joint::DType::U16; }, "type"},
    {"Rank",
     [](ModelT& m) {
       OutputOf<joint::GatherT>(m).shape = {6, 6, 52};
     },
     "shape: input and output must have the same number of axes"},
    {"AxisLow", [](ModelT& m) { Gathered(m).axis = -1; }, "axis is -1, must be 0..3"},
    {"AxisHigh", [](ModelT& m) { Gathered(m).axis = 4; }, "axis is 4, must be 0..3"},
    {"OtherAxis", [](ModelT& m) { Gathered(m).axis = 1; }, "shape[2]: input and output differ"},
    {"Length", [](ModelT& m) { Gathered(m).index.pop_back(); }, "length of index is 5, must be 6..6"},
    {"IndexLow", [](ModelT& m) { Gathered(m).index[4] = -2; }, "index[4] is -2, must be -1..7"},
    {"IndexHigh", [](ModelT& m) { Gathered(m).index[5] = 8; }, "index[5] is 8, must be -1..7"},
    {"Fill", [](ModelT& m) { Gathered(m).fill = 256; }, "fill: is no element of the output's type"},
};

const Damage kFloatGatherDamages[] = {
    {"Fill", [](ModelT& m) { Gathered(m).fill = uint64_t{1} << 32; }, "fill: is no element of the output's type"},
};

INSTANTIATE_TEST_SUITE_P(Gather, ModelDamage, testing::ValuesIn(kGatherDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(Gather, FloatDamage, testing::ValuesIn(kFloatGatherDamages), DamageName);

// The fill is an element of so many bits as the output has.
TEST(Gather, FillsWithLevels) {
  NetworkBuilder net(4);
  const int x = net.Input({1, 8});
  net.Output(net.Gather(net.Add(x, x), 1, {-1, 3}, 63));
  ModelT model = net.Finish();
  const auto narrow = [&](int bits) {
    Narrow(OutputOf<joint::AddT>(model), bits);
    Narrow(OutputOf<joint::GatherT>(model), bits);
    FirstOptions<joint::AddT>(model)->clamp_high = (1 << bits) - 1;
  };
  narrow(6);
  EXPECT_EQ(MessageOf(model), "");
  narrow(5);
  EXPECT_NE(MessageOf(model).find("fill: is no element"), std::string::npos) << MessageOf(model);
}

}  // namespace
}  // namespace lockstep::test
