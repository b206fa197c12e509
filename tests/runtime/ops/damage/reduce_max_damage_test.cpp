#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

joint::ReduceMaxT& MaxOfAxes(ModelT& m) { return *FirstOptions<joint::ReduceMaxT>(m); }
joint::LayerT& MaxOfAxesLayer(ModelT& m) { return *FirstLayer<joint::ReduceMaxT>(m); }
constexpr const char* kNotReducedByMax = "shape: the output's is not that of the input";

// The input is 1 x 6 x 8 x 52, its axes 1 and 2 vanish.
const Damage kReduceMaxDamages[] = {
    {"TwoInputs", [](ModelT& m) { MaxOfAxesLayer(m).inputs.push_back(MaxOfAxesLayer(m).inputs[0]); },
     "number of inputs is 2"},
    {"TwoOutputs", [](ModelT& m) { MaxOfAxesLayer(m).outputs.push_back(MaxOfAxesLayer(m).outputs[0]); },
     "number of outputs is 2"},
    {"Type", [](ModelT& m) { OutputOf<joint::ReduceMaxT>(m).dtype = joint::DType::U16; }, "type"},
    {"NoAxes", [](ModelT& m) { MaxOfAxes(m).axes.clear(); }, "length of axes is 0"},
    {"AxisBeyondTheRank", [](ModelT& m) { MaxOfAxes(m).axes[1] = 4; }, "axes[1] is 4, must be 2..3"},
    {"AxisTwice", [](ModelT& m) { MaxOfAxes(m).axes[1] = 1; }, "axes[1] is 1"},
    {"OtherAxis", [](ModelT& m) { MaxOfAxes(m).axes[1] = 3; }, kNotReducedByMax},
    {"OneAxis", [](ModelT& m) { MaxOfAxes(m).axes.pop_back(); }, kNotReducedByMax},
};

const Damage kFloatReduceMaxDamages[] = {
    {"Axes", [](ModelT& m) { MaxOfAxes(m).axes = {1}; }, kNotReducedByMax},
};

INSTANTIATE_TEST_SUITE_P(ReduceMax, ModelDamage, testing::ValuesIn(kReduceMaxDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(ReduceMax, FloatDamage, testing::ValuesIn(kFloatReduceMaxDamages), DamageName);

// The elements that are read are the work.
TEST(ReduceMax, IsBoundByItsWork) {
  NetworkBuilder net(4);
  net.Output(net.ReduceMax(net.Input({1, 1000}), {1}, true, false));
  ModelT model = net.Finish();
  EXPECT_EQ(MessageOf(model, 1001), "");  // the output counts too
  EXPECT_NE(MessageOf(model, 1000).find("work"), std::string::npos);
}

// Positions have no order that it knows.
TEST(ReduceMax, TakesNoIntegersWithoutAScale) {
  NetworkBuilder net(4);
  const int top = net.TopK(net.Input({1, 8}), 1, 3, true);
  net.Output(net.Reshape(top + 1, {3}));
  ModelT model = net.Finish();
  joint::LayerT& layer = *model.layers.back();
  joint::ReduceMaxT reduce;
  reduce.axes = {0};
  layer.options.Set(reduce);
  EXPECT_NE(MessageOf(model).find("input: must be of dtype u8 or u16"), std::string::npos) << MessageOf(model);
}

}  // namespace
}  // namespace lockstep::test
