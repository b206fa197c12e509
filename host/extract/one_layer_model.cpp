#include "extract/one_layer_model.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "graph/error.h"
#include "lower/joint_writer.h"
#include "lower/memory_plan.h"

namespace lockstep::extract {
namespace {

using joint::DType;

bool IsWhole(const joint::TensorT& tensor) {
  const bool wide = tensor.dtype == DType::U16;
  return tensor.quantization == nullptr || tensor.quantization->bits == (wide ? 16 : 8);
}

// Of a tensor with a scale for each channel: what a caller of a model sees has one. Integers do not depend on it, and
// the list of the layers keeps what they mean.
void MakeOneScale(joint::QuantizationT& quantization) {
  quantization.scale = {1.0F};
  quantization.zero_point.resize(1);
  quantization.axis = -1;
}

class Maker {
 public:
  Maker(const joint::ModelT& whole, int layer)
      : whole_(whole), source_(*whole.layers[static_cast<size_t>(layer)]), layer_(layer) {}

  OneLayerModel Make() {
    const std::vector<int32_t>& read = source_.inputs;
    const bool constants_alone = std::all_of(read.begin(), read.end(), [&](int32_t tensor) {
      return whole_.tensors[static_cast<size_t>(tensor)]->constant >= 0;
    });
    if (constants_alone) fed_constant_ = read.front();  // a network has an input
    auto layer = std::make_unique<joint::LayerT>(source_);
    for (int32_t& tensor : layer->inputs) tensor = InputOf(tensor);
    for (int32_t& tensor : layer->outputs) {
      made_.outputs.push_back(tensor);
      tensor = Copy(tensor);
      auto output = std::make_unique<joint::OutputSpecT>();
      output->tensor = tensor;
      made_.model.outputs.push_back(std::move(output));
    }
    made_.model.layers.push_back(std::move(layer));
    Describe();
    lower::PlanMemory(made_.model);
    return std::move(made_);
  }

 private:
  joint::ModelT& model() { return made_.model; }

  // The tensor of the new model; nothing is computed for it yet.
  int32_t Copy(int32_t index) {
    auto tensor = std::make_unique<joint::TensorT>(*whole_.tensors[static_cast<size_t>(index)]);
    tensor->strides.clear();
    tensor->arena_offset = -1;
    if (index == fed_constant_) tensor->constant = -1;
    if (tensor->constant >= 0) {
      model().constants.push_back(
          std::make_unique<joint::ConstantT>(*whole_.constants[static_cast<size_t>(tensor->constant)]));
      tensor->constant = static_cast<int32_t>(model().constants.size()) - 1;
    } else if (tensor->quantization != nullptr && tensor->quantization->scale.size() > 1) {
      MakeOneScale(*tensor->quantization);
    }
    model().tensors.push_back(std::move(tensor));
    return static_cast<int32_t>(model().tensors.size()) - 1;
  }

  int32_t InputOf(int32_t index) {
    const auto known = known_.find(index);
    if (known != known_.end()) return known->second;
    const int32_t copy = known_[index] = Copy(index);
    const joint::TensorT& tensor = *model().tensors[static_cast<size_t>(copy)];
    if (tensor.constant >= 0) return copy;
    made_.inputs.push_back(index);
    AddInput(index, IsWhole(tensor) ? copy : InFrontOf(copy));
    return copy;
  }

  void AddInput(int32_t index, int32_t tensor) {
    const DType dtype = model().tensors[static_cast<size_t>(tensor)]->dtype;
    const std::set<DType> taken = {DType::U8, DType::U16, DType::S8, DType::S16, DType::S64, DType::F32};
    if (taken.count(dtype) == 0) {
      throw UnsupportedModel("layer " + std::to_string(layer_) + " (" + source_.name + ") reads \"" +
                             model().tensors[static_cast<size_t>(tensor)]->name + "\" of type " +
                             joint::EnumNameDType(dtype) + ", which no network takes as an input");
    }
    auto input = std::make_unique<joint::InputSpecT>();
    for (const auto& given : whole_.inputs) {
      if (given->tensor == index) *input = *given;
    }
    if (input->tensor != index) input->kind = joint::InputKind::Tensor;
    input->tensor = tensor;
    model().inputs.push_back(std::move(input));
  }

  // A tensor that a caller may fill with any bytes, which a layer makes `tensor` of without a change.
  int32_t InFrontOf(int32_t tensor) {
    auto given = std::make_unique<joint::TensorT>(*model().tensors[static_cast<size_t>(tensor)]);
    const bool wide = given->dtype == DType::U16;
    const int bits = given->quantization->bits;
    given->quantization->bits = wide ? 16 : 8;
    joint::LookupT options;
    for (uint32_t level = 0; level < (wide ? 65536U : 256U); ++level) {
      const uint32_t value = std::min(level, (1U << bits) - 1);
      options.table.push_back(static_cast<uint8_t>(value));
      if (wide) options.table.push_back(static_cast<uint8_t>(value >> 8));
    }
    model().tensors.push_back(std::move(given));
    const auto index = static_cast<int32_t>(model().tensors.size()) - 1;
    auto layer = std::make_unique<joint::LayerT>();
    layer->options.Set(std::move(options));
    layer->version = wide ? 2 : 1;
    layer->name = "in_front_" + std::to_string(made_.inputs.size() - 1);
    if (layer->name == source_.name) layer->name += "_";
    layer->inputs = {index};
    layer->outputs = {tensor};
    model().layers.push_back(std::move(layer));
    return index;
  }

  void Describe() {
    joint::ModelT& model = made_.model;
    model.format_version = whole_.format_version;
    model.contract = whole_.contract;
    model.name = whole_.name + "_layer" + std::to_string(layer_);
    model.compiler_version = whole_.compiler_version;
    model.source_digest = whole_.source_digest;
    model.calibration_digest = whole_.calibration_digest;
    std::set<std::string> operators;
    for (const auto& layer : model.layers) {
      operators.insert(joint::EnumNameOptions(layer->options.type));
      model.macs += layer->macs;
    }
    model.operators.assign(operators.begin(), operators.end());
  }

  const joint::ModelT& whole_;
  const joint::LayerT& source_;
  int layer_;
  int32_t fed_constant_ = -1;
  OneLayerModel made_;
  std::map<int32_t, int32_t> known_;  // by tensor of the whole model
};

}  // namespace

OneLayerModel MakeOneLayerModel(const joint::ModelT& whole, int layer) { return Maker(whole, layer).Make(); }

}  // namespace lockstep::extract
