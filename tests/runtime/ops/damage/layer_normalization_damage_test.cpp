#include <cstring>
#include <string>
#include <vector>

#include "runtime/check/model_damage.h"

namespace lockstep::test {
namespace {

joint::LayerNormalizationT& Norm(ModelT& m) { return *FirstOptions<joint::LayerNormalizationT>(m); }
joint::TensorT& NormInput(ModelT& m, size_t i) { return InputOf<joint::LayerNormalizationT>(m, i); }
void SetBeta(ModelT& m, size_t i, int64_t value) {
  std::memcpy(m.constants[NormInput(m, 2).constant]->data.data() + i * sizeof value, &value, sizeof value);
}
// Other constants of the same bytes.
void Retype(joint::TensorT& tensor, joint::DType dtype, int extent) {
  tensor.dtype = dtype;
  tensor.shape = {extent};
  tensor.quantization->bits = 8;
}

const Damage kLayerNormalizationDamages[] = {
    {"Inputs", [](ModelT& m) { FirstLayer<joint::LayerNormalizationT>(m)->inputs.pop_back(); }, "number of inputs"},
    {"InputType",
     [](ModelT& m) {
       FirstLayer<joint::LayerNormalizationT>(m)->inputs[0] = FirstLayer<joint::LayerNormalizationT>(m)->inputs[1];
     },
     "input: must be of dtype u8 or u16"},
    {"Shape",
     [](ModelT& m) {
       OutputOf<joint::LayerNormalizationT>(m).shape = {8, 24};
     },
     "shape: input and output must have the same"},
    {"OutputType",
     [](ModelT& m) {
       joint::TensorT& y = OutputOf<joint::LayerNormalizationT>(m);
       y.dtype = joint::DType::S16;
       y.quantization->zero_point = {0};
     },
     "output: must be of dtype u8 or u16"},
    {"GammaType", [](ModelT& m) { Retype(NormInput(m, 1), joint::DType::S8, 48); }, "gamma: must be of dtype s16"},
    {"BetaType", [](ModelT& m) { Retype(NormInput(m, 2), joint::DType::S32, 48); }, "beta: must be of dtype s64"},
    {"GammaAxes",
     [](ModelT& m) {
       NormInput(m, 1).shape = {1, 24};
     },
     "gamma: must have one axis"},
    {"BetaAxes",
     [](ModelT& m) {
       NormInput(m, 2).shape = {24, 1};
     },
     "beta: must have one axis"},
    {"BetaLength",
     [](ModelT& m) {
       joint::TensorT& beta = NormInput(m, 2);
       beta.shape = {12};
       beta.bytes /= 2;
       m.constants[beta.constant]->data.resize(beta.bytes);
     },
     "as many elements as gamma"},
    {"Row",
     [](ModelT& m) {
       for (const size_t i : {1, 2}) {
         joint::TensorT& row = NormInput(m, i);
         row.shape = {12};
         row.bytes /= 2;
         m.constants[row.constant]->data.resize(row.bytes);
       }
     },
     "gamma: its elements are not those"},
    {"VarianceShift", [](ModelT& m) { Norm(m).variance_shift = 31; }, "variance_shift is 31"},
    {"Differences", [](ModelT& m) { Norm(m).variance_shift += 1; }, "variance_shift: differences leave 32 bits"},
    {"FractionLow", [](ModelT& m) { Norm(m).fraction_bits = 7; }, "fraction_bits"},
    {"FractionHigh", [](ModelT& m) { Norm(m).fraction_bits = 25; }, "fraction_bits"},
    {"Epsilon", [](ModelT& m) { Norm(m).epsilon = uint64_t{1} << 62; }, "epsilon"},
    {"Multiplier", [](ModelT& m) { Norm(m).multiplier = -5; }, "multiplier"},
    {"Shift", [](ModelT& m) { Norm(m).shift = -1; }, "shift"},
    {"ClampLow", [](ModelT& m) { Norm(m).clamp_low = -1; }, "clamp_low"},
    {"ClampHigh", [](ModelT& m) { Norm(m).clamp_high = 65536; }, "clamp_high"},
    {"BetaHigh", [](ModelT& m) { SetBeta(m, 23, int64_t{1} << 54); }, "beta[23]"},
    {"BetaLow", [](ModelT& m) { SetBeta(m, 0, INT64_MIN); }, "beta[0]"},
};

const Damage kFloatLayerNormalizationDamages[] = {
    {"Input", [](ModelT& m) { FirstLayer<joint::LayerNormalizationT>(m)->inputs[0] = m.inputs[0]->tensor; },
     "input: must be of dtype f32"},
    {"Shape",
     [](ModelT& m) {
       OutputOf<joint::LayerNormalizationT>(m).shape = {1, 40, 24};
     },
     "shape: input and output must have the same"},
    {"Gamma", [](ModelT& m) { MakeIntegers(InputOf<joint::LayerNormalizationT>(m, 1)); },
     "gamma: must be of dtype f32"},
    {"Beta", [](ModelT& m) { MakeIntegers(InputOf<joint::LayerNormalizationT>(m, 2)); }, "beta: must be of dtype f32"},
    {"ComputedBeta",
     [](ModelT& m) {
       auto& inputs = FirstLayer<joint::LayerNormalizationT>(m)->inputs;
       inputs[2] = inputs[0];
     },
     "beta: must be a constant"},
    {"Epsilon", [](ModelT& m) { FirstOptions<joint::LayerNormalizationT>(m)->float_epsilon = -1.0F; }, "float_epsilon"},
};

INSTANTIATE_TEST_SUITE_P(LayerNormalization, ModelDamage, testing::ValuesIn(kLayerNormalizationDamages), DamageName);
INSTANTIATE_TEST_SUITE_P(LayerNormalization, FloatDamage, testing::ValuesIn(kFloatLayerNormalizationDamages),
                         DamageName);

// A row of as many elements as its sum has room for.
TEST(LayerNormalizationRow, IsBoundByItsSum) {
  const auto message_of = [](int length) -> std::string {
    NetworkBuilder net(4);
    const int x = net.Input({1, length}, 0.1F, 0, joint::DType::U16);
    net.Output(net.Dequantize(net.LayerNormalization(x, 1)));
    const std::vector<uint8_t> file = Write(net.Finish());
    const Result<Model> model = Model::Copy(file.data(), file.size());
    return model.ok() ? "" : model.status().message();
  };
  EXPECT_EQ(message_of(32768), "");
  EXPECT_NE(message_of(32769).find("gamma: the sum of a row leaves 31 bits"), std::string::npos);
}

TEST(LayerNormalization, IsBoundByItsWork) {
  NetworkBuilder net(4);
  net.Output(net.LayerNormalization(net.Input({4, 6}), 1));
  ExpectWork(net.Finish(), 24 + 24 * 4);

  NetworkBuilder floats(4);
  floats.Output(floats.FloatLayerNormalization(floats.Dequantize(floats.Input({4, 6})), 1));
  ExpectWork(floats.Finish(), 24 + 24 + 24 * 4);
}

// No layer behind it looks at the shape.
TEST(LayerNormalization, KeepsTheShape) {
  NetworkBuilder net(4);
  net.Output(net.LayerNormalization(net.Input({4, 6}), 1));
  ModelT model = net.Finish();
  EXPECT_EQ(MessageOf(model), "");
  OutputOf<joint::LayerNormalizationT>(model).shape = {6, 4};
  EXPECT_NE(MessageOf(model).find("shape: input and output must have the same"), std::string::npos);
}

}  // namespace
}  // namespace lockstep::test
