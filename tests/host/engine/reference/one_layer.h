// A joint model of a single layer with parameters given by hand, and its run in the reference engine. It need not be
// one that passes the check of a model.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "engine/reference/reference_engine.h"
#include "joint_elements.h"
#include "joint_generated.h"
#include "lower/joint_writer.h"
#include "lower/memory_plan.h"

namespace lockstep::test {

class OneLayer {
 public:
  // Activations take values; those of the inputs are what Run() feeds.
  int Input(const std::vector<int>& shape, const std::vector<int>& values, float scale = 1.0F, int zero_point = 0,
            joint::DType dtype = joint::DType::U8) {
    const int tensor = AddTensor(shape, dtype, scale, zero_point);
    auto spec = std::make_unique<joint::InputSpecT>();
    spec->tensor = tensor;
    model_.inputs.push_back(std::move(spec));
    bytes_.push_back(Bytes(values, dtype));
    layer_inputs_.push_back(tensor);
    return tensor;
  }

  void FloatInput(const std::vector<int>& shape, const std::vector<float>& values) {
    const int tensor = Input(shape, {}, 1.0F, 0, joint::DType::F32);
    model_.tensors[tensor]->quantization.reset();
    bytes_.back().resize(values.size() * sizeof(float));
    std::memcpy(bytes_.back().data(), values.data(), bytes_.back().size());
  }

  // The layer's next input.
  void Weights(const std::vector<int>& shape, joint::Packing packing, const std::vector<int8_t>& values) {
    const int tensor = AddTensor(shape, joint::DType::S8, 1.0F, 0);
    auto constant = std::make_unique<joint::ConstantT>();
    constant->data.assign(values.begin(), values.end());
    model_.tensors[tensor]->bytes = values.size();
    model_.tensors[tensor]->packing = packing;
    model_.tensors[tensor]->constant = static_cast<int>(model_.constants.size());
    model_.constants.push_back(std::move(constant));
    layer_inputs_.push_back(tensor);
  }

  // A constant input of S16 or S64 elements.
  template <typename Element>
  int Row(const std::vector<Element>& values) {
    static_assert(sizeof(Element) == 2 || sizeof(Element) == 8, "S16 or S64");
    const auto dtype = sizeof(Element) == 2 ? joint::DType::S16 : joint::DType::S64;
    const int tensor = AddTensor({static_cast<int>(values.size())}, dtype, 1.0F, 0);
    auto constant = std::make_unique<joint::ConstantT>();
    constant->data.resize(values.size() * sizeof(Element));
    std::memcpy(constant->data.data(), values.data(), constant->data.size());
    model_.tensors[tensor]->bytes = constant->data.size();
    model_.tensors[tensor]->constant = static_cast<int>(model_.constants.size());
    model_.constants.push_back(std::move(constant));
    layer_inputs_.push_back(tensor);
    return tensor;
  }

  template <typename Options>
  void Layer(Options options, const std::vector<int>& shape, float scale = 1.0F, int zero_point = 0,
             joint::DType dtype = joint::DType::U8) {
    const int output = AddTensor(shape, dtype, scale, zero_point);
    if (dtype == joint::DType::F32) model_.tensors[output]->quantization.reset();
    auto layer = std::make_unique<joint::LayerT>();
    layer->name = "layer";
    layer->inputs = layer_inputs_;
    layer->outputs = {output};
    layer->options.Set(std::move(options));
    model_.layers.push_back(std::move(layer));
    auto spec = std::make_unique<joint::OutputSpecT>();
    spec->tensor = output;
    model_.outputs.push_back(std::move(spec));
    model_.format_version = joint::kFormatVersion;
    model_.contract = "rq1";
    model_.name = "one_layer";
    model_.compiler_version = "test";
    lower::PlanMemory(model_);
  }

  // Another output of the layer: positions.
  void IndicesOutput(const std::vector<int>& shape) {
    const int output = AddTensor(shape, joint::DType::S64, 1.0F, 0);
    model_.tensors[output]->quantization.reset();
    model_.layers[0]->outputs.push_back(output);
    auto spec = std::make_unique<joint::OutputSpecT>();
    spec->tensor = output;
    model_.outputs.push_back(std::move(spec));
    lower::PlanMemory(model_);
  }

  std::vector<uint8_t> File() const { return lower::WriteJoint(model_); }
  joint::ModelT& model() { return model_; }
  joint::LayerT& layer() { return *model_.layers[0]; }
  joint::TensorT& tensor(size_t i) { return *model_.tensors[i]; }  // the inputs, then the outputs
  template <typename Options>
  Options& options() {
    return *static_cast<Options*>(layer().options.value);
  }
  // Of the tensors `first` to `last`, whatever else they say.
  void Retype(size_t first, size_t last, joint::DType dtype) {
    for (size_t i = first; i <= last; ++i) tensor(i).dtype = dtype;
  }

  std::vector<uint8_t> RunBytes(size_t output = 0) const {
    const std::vector<uint8_t> file = File();
    return engine::ReferenceEngine(*joint::GetModel(file.data())).Run(bytes_).at(output);
  }

  std::vector<int> Run() const {
    const std::vector<uint8_t> bytes = RunBytes();
    const bool wide = model_.tensors[model_.outputs[0]->tensor]->dtype == joint::DType::U16;
    std::vector<int> values;
    for (size_t i = 0; i < bytes.size(); i += wide ? 2 : 1) {
      values.push_back(wide ? bytes[i] + 256 * bytes[i + 1] : bytes[i]);
    }
    return values;
  }

  std::vector<float> RunFloat() const {
    const std::vector<uint8_t> bytes = RunBytes();
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }

  static std::vector<uint8_t> Bytes(const std::vector<int>& values, joint::DType dtype) {
    std::vector<uint8_t> bytes;
    for (const int value : values) {
      bytes.push_back(static_cast<uint8_t>(value & 255));
      if (dtype == joint::DType::U16) bytes.push_back(static_cast<uint8_t>(value >> 8));
    }
    return bytes;
  }

 private:
  int AddTensor(const std::vector<int>& shape, joint::DType dtype, float scale, int zero_point) {
    auto tensor = std::make_unique<joint::TensorT>();
    tensor->name = "t" + std::to_string(model_.tensors.size());
    tensor->shape = shape;
    tensor->dtype = dtype;
    tensor->quantization = std::make_unique<joint::QuantizationT>();
    tensor->quantization->scale = {scale};
    tensor->quantization->zero_point = {zero_point};
    tensor->quantization->bits = static_cast<uint8_t>(8 * joint::ElementBytes(dtype));
    tensor->bytes = static_cast<uint64_t>(joint::ElementBytes(dtype));
    for (const int extent : shape) tensor->bytes *= static_cast<uint64_t>(extent);
    model_.tensors.push_back(std::move(tensor));
    return static_cast<int>(model_.tensors.size() - 1);
  }

  joint::ModelT model_;
  std::vector<int> layer_inputs_;
  std::vector<std::vector<uint8_t>> bytes_;
};

// What a layer lacks of what the loops of its operator take for granted.
struct Misfit {
  const char* what;
  std::function<void(OneLayer&)> apply;
};

[[noreturn]] inline void ExitWithZeroIfRefused(const OneLayer& net) {
  const std::vector<uint8_t> file = net.File();
  try {
    const engine::ReferenceEngine engine(*joint::GetModel(file.data()));
  } catch (const std::logic_error&) {
    std::_Exit(0);
  }
  std::_Exit(1);
}

// `make` gives a layer that the engine takes and, damaged in any of these ways, refuses before it runs. In processes of
// their own: what is not looked at may end the program.
inline void ExpectRefusals(const std::function<void(OneLayer&)>& make, const std::vector<Misfit>& misfits) {
  OneLayer whole;
  make(whole);
  EXPECT_EXIT(ExitWithZeroIfRefused(whole), testing::ExitedWithCode(1), "");
  for (const Misfit& misfit : misfits) {
    SCOPED_TRACE(misfit.what);
    OneLayer net;
    make(net);
    misfit.apply(net);
    EXPECT_EXIT(ExitWithZeroIfRefused(net), testing::ExitedWithCode(0), "");
  }
}

}  // namespace lockstep::test
