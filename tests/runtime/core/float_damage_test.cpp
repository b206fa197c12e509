// Every field of a float layer that contradicts the others is refused, with a message that names it.
#include <gtest/gtest.h>

#include <functional>

#include "lockstep/runtime.h"
#include "support/joint_models.h"

namespace lockstep {
namespace {

using joint::ModelT;
using test::FirstLayer;
using test::FirstOptions;

struct Damage {
  const char* name;
  std::function<void(ModelT&)> apply;
  const char* expected;  // in the message
};

std::ostream& operator<<(std::ostream& out, const Damage& damage) { return out << damage.name; }

template <typename Options>
joint::TensorT& InputOf(ModelT& m, size_t i = 0) {
  return *m.tensors[static_cast<size_t>(FirstLayer<Options>(m)->inputs[i])];
}

template <typename Options>
joint::TensorT& OutputOf(ModelT& m) {
  return *m.tensors[static_cast<size_t>(FirstLayer<Options>(m)->outputs[0])];
}

joint::ConvT& Conv(ModelT& m) { return *FirstOptions<joint::ConvT>(m); }
joint::ConvTransposeT& Transposed(ModelT& m) { return *FirstOptions<joint::ConvTransposeT>(m); }
joint::DepthwiseConvT& Depthwise(ModelT& m) { return *FirstOptions<joint::DepthwiseConvT>(m); }

// The tensor becomes one of integers of the same size in memory.
void MakeIntegers(joint::TensorT& tensor) { tensor.dtype = joint::DType::S32; }

const Damage kDamages[] = {
    {"ConvWithoutBias", [](ModelT& m) { FirstLayer<joint::ConvT>(m)->inputs.pop_back(); }, "number of inputs"},
    {"ConvBiasLength",
     [](ModelT& m) { FirstLayer<joint::ConvT>(m)->inputs[2] = FirstLayer<joint::MulT>(m)->inputs[1]; }, "bias"},
    {"ConvBiasType", [](ModelT& m) { MakeIntegers(InputOf<joint::ConvT>(m, 2)); }, "bias"},
    {"ConvInputType", [](ModelT& m) { FirstLayer<joint::ConvT>(m)->inputs[0] = m.inputs[0]->tensor; }, "input"},
    {"ConvAccInit", [](ModelT& m) { Conv(m).acc_init.assign(20, 0); }, "acc_init"},
    {"ConvWeightSum", [](ModelT& m) { Conv(m).weight_sum.assign(20, 0); }, "weight_sum"},
    {"ConvTable", [](ModelT& m) { Conv(m).table.assign(256, 0); }, "table"},
    {"ConvGroups", [](ModelT& m) { Conv(m).groups = 3; }, "groups"},
    {"ConvPacking", [](ModelT& m) { InputOf<joint::ConvT>(m, 1).packing = joint::Packing::O16I4; }, "packing"},
    {"ConvWeightBytes",
     [](ModelT& m) {
       joint::TensorT& weights = InputOf<joint::ConvT>(m, 1);
       weights.bytes += 64;
       m.constants[weights.constant]->data.resize(weights.bytes);
     },
     "weights"},
    {"ConvWeightsOfIntegers", [](ModelT& m) { FirstLayer<joint::ConvT>(m)->inputs[1] = m.inputs[0]->tensor; },
     "weights"},
    {"ConvStride", [](ModelT& m) { Conv(m).stride_h = 0; }, "stride_h"},
    {"DepthwiseMultiplier", [](ModelT& m) { Depthwise(m).multiplier.assign(20, 1 << 30); }, "multiplier"},
    {"DepthwiseWeights",
     [](ModelT& m) { FirstLayer<joint::DepthwiseConvT>(m)->inputs[1] = FirstLayer<joint::ConvT>(m)->inputs[1]; },
     "inputs[1]: packed"},
    {"MaxPoolPadding", [](ModelT& m) { FirstOptions<joint::MaxPoolT>(m)->pad_top = 5; }, "pad_top"},
    {"MeanMultiplier", [](ModelT& m) { FirstOptions<joint::AveragePoolT>(m)->multiplier = {1 << 30}; }, "multiplier"},
    {"MeanDivisor", [](ModelT& m) { FirstOptions<joint::AveragePoolT>(m)->divisor = -1; }, "divisor"},
    {"AddOfIntegers", [](ModelT& m) { MakeIntegers(OutputOf<joint::AddT>(m)); }, "input a"},
    {"MulOfIntegers", [](ModelT& m) { MakeIntegers(InputOf<joint::MulT>(m, 1)); }, "input b"},
    {"ConcatOfWords", [](ModelT& m) { MakeIntegers(InputOf<joint::ConcatT>(m)); }, "dtype"},
    {"SoftmaxTable", [](ModelT& m) { FirstOptions<joint::SoftmaxT>(m)->table.assign(256, 1); }, "table"},
    {"UnaryFunction",
     [](ModelT& m) { FirstOptions<joint::UnaryT>(m)->function = static_cast<joint::UnaryFunction>(13); }, "function"},
    {"UnaryShape",
     [](ModelT& m) {
       OutputOf<joint::UnaryT>(m).shape = {1, 8, 6, 20};
     },
     "shape"},
    {"ProductOfIntegersLeft", [](ModelT& m) { FirstLayer<joint::MatMulT>(m)->inputs[0] = m.inputs[0]->tensor; },
     "input a"},
    {"ProductOfIntegersRight", [](ModelT& m) { FirstLayer<joint::MatMulT>(m)->inputs[1] = m.inputs[0]->tensor; },
     "input b"},
    {"ProductShape",
     [](ModelT& m) {
       OutputOf<joint::MatMulT>(m).shape = {1, 20, 80};
     },
     "not the products"},
    {"NormInput", [](ModelT& m) { FirstLayer<joint::LayerNormalizationT>(m)->inputs[0] = m.inputs[0]->tensor; },
     "input"},
    {"NormShape",
     [](ModelT& m) {
       OutputOf<joint::LayerNormalizationT>(m).shape = {1, 40, 24};
     },
     "shape"},
    {"NormGamma", [](ModelT& m) { MakeIntegers(InputOf<joint::LayerNormalizationT>(m, 1)); }, "gamma"},
    {"NormBeta", [](ModelT& m) { MakeIntegers(InputOf<joint::LayerNormalizationT>(m, 2)); }, "beta"},
    {"NormComputedBeta",
     [](ModelT& m) {
       auto& inputs = FirstLayer<joint::LayerNormalizationT>(m)->inputs;
       inputs[2] = inputs[0];
     },
     "beta: must be a constant"},
    {"NormEpsilon", [](ModelT& m) { FirstOptions<joint::LayerNormalizationT>(m)->float_epsilon = -1.0F; },
     "float_epsilon"},
    {"QuantizeLow", [](ModelT& m) { FirstOptions<joint::QuantizeT>(m)->clamp_low = -1; }, "clamp_low"},
    {"QuantizeAboveTheZeroPoint", [](ModelT& m) { FirstOptions<joint::QuantizeT>(m)->clamp_low = 256; }, "clamp_low"},
    {"QuantizeHigh", [](ModelT& m) { FirstOptions<joint::QuantizeT>(m)->clamp_high = 256; }, "clamp_high"},
    {"QuantizeOfIntegers",
     [](ModelT& m) { FirstLayer<joint::QuantizeT>(m)->inputs[0] = FirstLayer<joint::ConcatT>(m)->inputs[1]; }, "input"},
};

class FloatDamageTest : public ::testing::TestWithParam<Damage> {};

void ExpectRefused(ModelT model, const Damage& damage) {
  damage.apply(model);
  const std::vector<uint8_t> file = test::Write(model);
  const Result<Model> loaded = Model::Copy(file.data(), file.size());
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.status().code(), StatusCode::kCorruptModel);
  EXPECT_NE(std::string(loaded.status().message()).find(damage.expected), std::string::npos)
      << loaded.status().message();
}

TEST_P(FloatDamageTest, IsRefusedWithTheField) { ExpectRefused(test::FloatNetwork(), GetParam()); }

const Damage kTransposeDamages[] = {
    {"TransposeAccInit", [](ModelT& m) { Transposed(m).acc_init.assign(20, 0); }, "acc_init"},
    {"TransposeWeightSum", [](ModelT& m) { Transposed(m).weight_sum.assign(20, 0); }, "weight_sum"},
    {"TransposeTable", [](ModelT& m) { Transposed(m).table.assign(256, 0); }, "table"},
    {"TransposeGroups", [](ModelT& m) { Transposed(m).groups = 3; }, "groups"},
    {"TransposeStride", [](ModelT& m) { Transposed(m).stride_w = 0; }, "stride_w"},
    {"TransposePad", [](ModelT& m) { Transposed(m).pad_left = 3; }, "pad_left"},
    {"TransposeBias", [](ModelT& m) { MakeIntegers(InputOf<joint::ConvTransposeT>(m, 2)); }, "bias"},
    {"TransposeInput", [](ModelT& m) { FirstLayer<joint::ConvTransposeT>(m)->inputs[0] = m.inputs[0]->tensor; },
     "input"},
    {"TransposeWeightBytes",
     [](ModelT& m) {
       joint::TensorT& weights = InputOf<joint::ConvTransposeT>(m, 1);
       weights.bytes += 64;
       m.constants[weights.constant]->data.resize(weights.bytes);
     },
     "weights"},
};

class FloatTransposeDamageTest : public ::testing::TestWithParam<Damage> {};

TEST_P(FloatTransposeDamageTest, IsRefusedWithTheField) { ExpectRefused(test::FloatTransposedNetwork(), GetParam()); }

INSTANTIATE_TEST_SUITE_P(Floats, FloatTransposeDamageTest, ::testing::ValuesIn(kTransposeDamages),
                         [](const auto& test) { return test.param.name; });

INSTANTIATE_TEST_SUITE_P(Floats, FloatDamageTest, ::testing::ValuesIn(kDamages),
                         [](const auto& test) { return test.param.name; });

TEST(FloatFields, AreRefusedInLayersOfIntegers) {
  const auto expect_refused = [](ModelT model, const char* field) {
    const std::vector<uint8_t> file = test::Write(model);
    const Result<Model> loaded = Model::Copy(file.data(), file.size());
    ASSERT_FALSE(loaded.ok()) << field;
    EXPECT_NE(std::string(loaded.status().message()).find(field), std::string::npos) << loaded.status().message();
  };
  ModelT model = test::SmallNetwork();
  FirstOptions<joint::AddT>(model)->subtract = true;
  expect_refused(std::move(model), "subtract");
  model = test::SmallNetwork();
  FirstOptions<joint::MulT>(model)->divide = true;
  expect_refused(std::move(model), "divide");
  model = test::SmallNetwork();
  FirstOptions<joint::AveragePoolT>(model)->divisor = 9;
  expect_refused(std::move(model), "divisor");
}

TEST(FloatNetworks, RandomOnesAreValid) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    const std::vector<uint8_t> file = test::Write(test::RandomFloatNetwork(seed));
    const Result<Model> loaded = Model::Copy(file.data(), file.size());
    EXPECT_TRUE(loaded.ok()) << "seed " << seed << ": " << loaded.status().message();
  }
}

}  // namespace
}  // namespace lockstep
