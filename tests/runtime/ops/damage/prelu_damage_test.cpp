#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

joint::PReluT& Rectifier(ModelT& m) { return *FirstOptions<joint::PReluT>(m); }
joint::LayerT& RectifierLayer(ModelT& m) { return *FirstLayer<joint::PReluT>(m); }
joint::TensorT& SlopesOf(ModelT& m) { return InputOf<joint::PReluT>(m, 1); }

// The input is 1 x 6 x 8 x 52, the slopes 1 x 1 x 1 x 52 of S16.
const Damage kPReluDamages[] = {
    {"NoSlope", [](ModelT& m) { RectifierLayer(m).inputs.pop_back(); }, "number of inputs is 1"},
    {"TwoOutputs", [](ModelT& m) { RectifierLayer(m).outputs.push_back(RectifierLayer(m).outputs[0]); },
     "number of outputs is 2"},
    {"InputType", [](ModelT& m) { RectifierLayer(m).inputs[0] = RectifierLayer(m).inputs[1]; },
     "input: must be of dtype u8 or u16"},
    {"OutputType",
     [](ModelT& m) {
       joint::TensorT& y = OutputOf<joint::PReluT>(m);
       y.dtype = joint::DType::S16;
       y.quantization->zero_point = {0};
     },
     "output: must be of dtype u8 or u16"},
    {"SlopeType", [](ModelT& m) { SlopesOf(m).dtype = joint::DType::U16; }, "slope: must be of dtype s8 or s16"},
    {"ComputedSlope",
     [](ModelT& m) {
       joint::TensorT& slope = SlopesOf(m);
       slope.constant = -1;
       slope.arena_offset = 0;
     },
     "slope: must be a constant"},
    {"OutputShape",
     [](ModelT& m) {
       OutputOf<joint::PReluT>(m).shape = {1, 8, 6, 52};
     },
     "shape: input and output must have the same"},
    {"SlopeAxes",
     [](ModelT& m) {
       SlopesOf(m).shape = {1, 1, 1, 1, 52};
     },
     "slope: has more axes than the input"},
    {"SlopeShape",
     [](ModelT& m) {
       SlopesOf(m).shape = {1, 1, 2, 26};
     },
     "slope: its shape cannot be broadcast"},
    {"SlopeOfAnotherAxis",
     [](ModelT& m) {
       SlopesOf(m).shape = {52, 1};
     },
     "slope: its shape cannot be broadcast"},
    {"Multiplier", [](ModelT& m) { Rectifier(m).multiplier = (1 << 30) - 1; }, "': multiplier is 1073741823"},
    {"Shift", [](ModelT& m) { Rectifier(m).shift = 32; }, "': shift is 32"},
    {"SlopeMultiplier", [](ModelT& m) { Rectifier(m).slope_multiplier = -1; }, "slope_multiplier is -1"},
    {"SlopeShift", [](ModelT& m) { Rectifier(m).slope_shift = -31; }, "slope_shift is -31"},
    {"ClampLow", [](ModelT& m) { Rectifier(m).clamp_low = -1; }, "clamp_low"},
    {"ClampHigh", [](ModelT& m) { Rectifier(m).clamp_high = 65536; }, "clamp_high"},
};

const Damage kFloatPReluDamages[] = {
    {"Input", [](ModelT& m) { RectifierLayer(m).inputs[0] = m.inputs[0]->tensor; }, "input: must be of dtype f32"},
    {"Slope", [](ModelT& m) { MakeIntegers(SlopesOf(m)); }, "slope: must be of dtype f32"},
    {"ComputedSlope", [](ModelT& m) { RectifierLayer(m).inputs[1] = RectifierLayer(m).inputs[0]; },
     "slope: must be a constant"},
    {"OutputShape",
     [](ModelT& m) {
       OutputOf<joint::PReluT>(m).shape = {1, 8, 6, 60};
     },
     "shape: input and output must have the same"},
};

INSTANTIATE_TEST_SUITE_P(PRelu, ModelDamage, testing::ValuesIn(kPReluDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(PRelu, FloatDamage, testing::ValuesIn(kFloatPReluDamages), DamageName);

TEST(PRelu, TakesSlopesOfEightBits) {
  NetworkBuilder net(4);
  net.Output(net.PRelu(net.Input({2, 8}), {8}, joint::DType::S8));
  EXPECT_EQ(MessageOf(net.Finish()), "");
}

}  // namespace
}  // namespace lockstep::test
