#include <algorithm>
#include <string>
#include <vector>

#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

joint::ReduceMeanT& MeanOfAxes(ModelT& m) { return *FirstOptions<joint::ReduceMeanT>(m); }
joint::LayerT& MeanOfAxesLayer(ModelT& m) { return *FirstLayer<joint::ReduceMeanT>(m); }
constexpr const char* kNotReduced = "shape: the output's is not that of the input";

// The input is 1 x 6 x 8 x 52, its axes 0 and 2 are summed.
const Damage kReduceMeanDamages[] = {
    {"TwoInputs", [](ModelT& m) { MeanOfAxesLayer(m).inputs.push_back(MeanOfAxesLayer(m).inputs[0]); },
     "number of inputs is 2"},
    {"TwoOutputs", [](ModelT& m) { MeanOfAxesLayer(m).outputs.push_back(MeanOfAxesLayer(m).outputs[0]); },
     "number of outputs is 2"},
    {"InputType",
     [](ModelT& m) {
       const auto plain = [](const auto& t) {
         return t->dtype == joint::DType::S8 && t->packing == joint::Packing::Plain;
       };
       const auto weights = std::find_if(m.tensors.begin(), m.tensors.end(), plain);
       MeanOfAxesLayer(m).inputs[0] = static_cast<int>(weights - m.tensors.begin());
     },
     "input: must be of dtype u8 or u16"},
    {"OutputType",
     [](ModelT& m) {
       joint::TensorT& y = OutputOf<joint::ReduceMeanT>(m);
       y.dtype = joint::DType::S16;
       y.quantization->zero_point = {0};
     },
     "output: must be of dtype u8 or u16"},
    {"NoAxes", [](ModelT& m) { MeanOfAxes(m).axes.clear(); }, "length of axes is 0"},
    {"ManyAxes",
     [](ModelT& m) {
       MeanOfAxes(m).axes = {0, 1, 2, 3, 3};
     },
     "length of axes is 5"},
    {"AxisBeyondTheRank", [](ModelT& m) { MeanOfAxes(m).axes[1] = 4; }, "axes[1] is 4, must be 1..3"},
    {"AxisTwice",
     [](ModelT& m) {
       MeanOfAxes(m).axes = {0, 2, 2};
     },
     "axes[2] is 2"},
    {"OtherAxis", [](ModelT& m) { MeanOfAxes(m).axes[1] = 1; }, kNotReduced},
    {"AllAxes",
     [](ModelT& m) {
       MeanOfAxes(m).axes = {0, 1, 2, 3};
     },
     kNotReduced},
    {"OneAxis", [](ModelT& m) { MeanOfAxes(m).axes.pop_back(); }, kNotReduced},
    {"FewerOutputs",
     [](ModelT& m) {
       joint::TensorT& y = OutputOf<joint::ReduceMeanT>(m);
       y.shape = {6};
       y.bytes = 12;
     },
     kNotReduced},
    {"TurnedOutput",
     [](ModelT& m) {
       OutputOf<joint::ReduceMeanT>(m).shape = {52, 6};
     },
     kNotReduced},
    {"Multiplier", [](ModelT& m) { MeanOfAxes(m).multiplier = (1 << 30) - 1; }, "multiplier is 1073741823"},
    {"Shift", [](ModelT& m) { MeanOfAxes(m).shift = 32; }, "shift is 32"},
    {"ClampLow", [](ModelT& m) { MeanOfAxes(m).clamp_low = -1; }, "clamp_low"},
    {"ClampHigh", [](ModelT& m) { MeanOfAxes(m).clamp_high = 65536; }, "clamp_high"},
};

const Damage kFloatReduceMeanDamages[] = {
    {"Input", [](ModelT& m) { MeanOfAxesLayer(m).inputs[0] = m.inputs[0]->tensor; }, "input: must be of dtype f32"},
    {"Axes",
     [](ModelT& m) {
       MeanOfAxes(m).axes = {1, 3};
     },
     kNotReduced},
};

INSTANTIATE_TEST_SUITE_P(ReduceMean, ModelDamage, testing::ValuesIn(kReduceMeanDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(ReduceMean, FloatDamage, testing::ValuesIn(kFloatReduceMeanDamages), DamageName);

// What a negative shift makes of a sum has room in 64 bits, and the elements that are read are the work.
TEST(ReduceMean, IsBoundByItsSumAndItsWork) {
  const auto message_of = [](int length, int shift, uint64_t work) -> std::string {
    NetworkBuilder net(4);
    const int x = net.Input({1, length}, 0.1F, 0, joint::DType::U16);
    net.Output(net.ReduceMean(x, {1}, true));
    ModelT model = net.Finish();
    MeanOfAxes(model).shift = shift;
    return MessageOf(model, work);
  };
  constexpr uint64_t kPlenty = 1 << 30;
  EXPECT_EQ(message_of(32768, -30, kPlenty), "");  // 32768 * 65535 is just below 2^31
  EXPECT_NE(message_of(32769, -30, kPlenty).find("shift: the scaled sum leaves 64 bits"), std::string::npos);
  EXPECT_EQ(message_of(32769, -29, kPlenty), "");
  EXPECT_EQ(message_of(32769, 5, kPlenty), "");
  EXPECT_EQ(message_of(1000, 0, 1001), "");  // the output counts too
  EXPECT_NE(message_of(1000, 0, 1000).find("work"), std::string::npos);
}

TEST(ReduceMean, OfFloatsHasNoScales) {
  NetworkBuilder net(4);
  net.Output(net.FloatReduceMean(net.Dequantize(net.Input({1, 8})), {1}, true));
  ModelT model = net.Finish();
  MeanOfAxes(model).multiplier = 5;
  EXPECT_EQ(MessageOf(model), "");
}

// Every extent of the output is one of the input, in its place, but one is missing at the end.
TEST(ReduceMean, MissesNoAxis) {
  NetworkBuilder net(4);
  net.Output(net.ReduceMean(net.Input({2, 3, 4}), {0}, false));
  ModelT model = net.Finish();
  EXPECT_EQ(MessageOf(model), "");
  OutputOf<joint::ReduceMeanT>(model).shape = {3};
  OutputOf<joint::ReduceMeanT>(model).bytes = 3;
  EXPECT_NE(MessageOf(model).find(kNotReduced), std::string::npos);
}

}  // namespace
}  // namespace lockstep::test
