// Every field of a model that contradicts the others is refused, with a message that names it: a small valid model,
// damaged in one place, and what the loader must say. The damages of an operator are in ops/damage.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

#include "joint_generated.h"
#include "lockstep/runtime.h"
#include "support/joint_models.h"

namespace lockstep::test {

using joint::ModelT;

struct Damage {
  const char* name;
  void (*apply)(ModelT&);
  const char* expected;  // in the message
  StatusCode code = StatusCode::kCorruptModel;
};

inline std::ostream& operator<<(std::ostream& out, const Damage& damage) { return out << damage.name; }

// One suite for each network that is damaged: SmallNetwork, FloatNetwork, TransposedNetwork, FloatTransposedNetwork,
// ViewNetwork, WideNetwork. An operator instantiates them under its own name.
class ModelDamage : public testing::TestWithParam<Damage> {};
class FloatDamage : public testing::TestWithParam<Damage> {};
class TransposeDamage : public testing::TestWithParam<Damage> {};
class FloatTransposeDamage : public testing::TestWithParam<Damage> {};
class ViewDamage : public testing::TestWithParam<Damage> {};
class WideDamage : public testing::TestWithParam<Damage> {};

// The loader refuses the model, damaged, in the words that are expected.
void ExpectRefused(ModelT damaged, const Damage& damage);

inline std::string DamageName(const testing::TestParamInfo<Damage>& info) { return info.param.name; }

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

inline joint::TensorT& FirstInput(ModelT& m) { return *m.tensors[m.inputs[0]->tensor]; }

template <typename Options>
joint::TensorT& OutputOf(ModelT& m) {
  return *m.tensors[FirstLayer<Options>(m)->outputs[0]];
}

template <typename Options>
joint::TensorT& InputOf(ModelT& m, size_t i = 0) {
  return *m.tensors[FirstLayer<Options>(m)->inputs[i]];
}

// The first layer of its kind whose input has words.
template <typename Options>
joint::LayerT& WordsLayer(ModelT& m) {
  for (auto& layer : m.layers) {
    const bool words = m.tensors[layer->inputs[0]]->dtype == joint::DType::U16;
    if (layer->options.type == joint::OptionsUnionTraits<Options>::enum_value && words) return *layer;
  }
  std::abort();
}

template <typename Options>
Options& WordsOptions(ModelT& m) {
  return *static_cast<Options*>(WordsLayer<Options>(m).options.value);
}

inline int& WeightsOf(joint::LayerT& layer) { return layer.inputs[1]; }
inline int& ConvWeightsIndex(ModelT& m) { return WeightsOf(*FirstLayer<joint::ConvT>(m)); }
inline int& DepthwiseWeightsIndex(ModelT& m) { return WeightsOf(*FirstLayer<joint::DepthwiseConvT>(m)); }
inline joint::TensorT& ConvWeights(ModelT& m) { return *m.tensors[ConvWeightsIndex(m)]; }
inline std::vector<uint8_t>& ConvWeightBytes(ModelT& m) { return m.constants[ConvWeights(m).constant]->data; }

joint::LayerT& WideAdd(ModelT& m);  // the first Add whose output is U16

void Narrow(joint::TensorT& tensor, uint8_t bits);
void DoubleBatch(ModelT& m, joint::TensorT& tensor);  // two images where there was one
void MakeIntegers(joint::TensorT& tensor);            // of the same size in memory, where it had floats

// What the loader says of a model, with so much work allowed; nothing if it takes it.
std::string MessageOf(const ModelT& m, uint64_t max_work = LoadOptions().max_work);
void ExpectWork(const ModelT& m, uint64_t work);  // the loader takes it with as much, and not with less

}  // namespace lockstep::test
