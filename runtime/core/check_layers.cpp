#include <algorithm>
#include <cstring>

#include "core/layer_check.h"
#include "core/memory.h"
#include "kernels/kernel.h"

namespace lockstep::check {
namespace {

Status CheckUniqueNames(const joint::Model& model) {
  Array<const char*> names;
  LOCKSTEP_RETURN_IF_ERROR(names.Make(model.layers()->size(), "the layers' names"));
  for (uint32_t i = 0; i < names.size(); ++i) names[i] = model.layers()->Get(i)->name()->c_str();
  std::sort(names.begin(), names.end(), [](const char* a, const char* b) { return std::strcmp(a, b) < 0; });
  for (size_t i = 1; i < names.size(); ++i) {
    if (std::strcmp(names[i - 1], names[i]) == 0) return Corrupt("layer name '%.64s': occurs twice", names[i]);
  }
  return Status::Ok();
}

Status CheckTensorIndices(const ModelCheck& check, const joint::Layer& layer) {
  const char* name = layer.name()->c_str();
  const auto tensors = static_cast<int32_t>(check.model.tensors()->size());
  if (layer.inputs()->size() < 1 || layer.inputs()->size() > kernels::kMaxInputs) {
    return Corrupt("layer '%.64s': inputs: %u of them, must be 1..%d", name, layer.inputs()->size(),
                   kernels::kMaxInputs);
  }
  for (const int32_t tensor : *layer.inputs()) {
    if (tensor < 0 || tensor >= tensors) return Corrupt("layer '%.64s': inputs: there is no tensor %d", name, tensor);
    if (check.model.tensors()->Get(tensor)->packing() != joint::Packing::Plain) {
      return Corrupt("layer '%.64s': inputs: tensor %d is packed weights", name, tensor);
    }
  }
  if (layer.outputs()->size() != 1) {
    return Corrupt("layer '%.64s': outputs: %u of them, must be 1", name, layer.outputs()->size());
  }
  const int32_t output = layer.outputs()->Get(0);
  if (output < 0 || output >= tensors) return Corrupt("layer '%.64s': outputs: there is no tensor %d", name, output);
  if (check.model.tensors()->Get(output)->constant() >= 0) {
    return Corrupt("layer '%.64s': outputs: tensor %d is a constant", name, output);
  }
  return Status::Ok();
}

Status CheckOptions(LayerCheck& layer, joint::Options op) {
  switch (op) {
    case joint::Options::Conv:
      return CheckConv(layer);
    case joint::Options::DepthwiseConv:
      return CheckDepthwiseConv(layer);
    case joint::Options::MaxPool:
      return CheckMaxPool(layer);
    case joint::Options::AveragePool:
      return CheckAveragePool(layer);
    case joint::Options::Add:
      return CheckAdd(layer);
    case joint::Options::Mul:
      return CheckMul(layer);
    case joint::Options::Concat:
      return CheckConcat(layer);
    case joint::Options::Slice:
      return CheckSlice(layer);
    case joint::Options::Reshape:
      return CheckReshape(layer);
    case joint::Options::Transpose:
      return CheckTranspose(layer);
    case joint::Options::Resize:
      return CheckResize(layer);
    case joint::Options::Softmax:
      return CheckSoftmax(layer);
    case joint::Options::Lookup:
      return CheckLookup(layer);
    case joint::Options::ChannelLookup:
      return CheckChannelLookup(layer);
    case joint::Options::Rescale:
      return CheckRescale(layer);
    case joint::Options::Dequantize:
      return CheckDequantize(layer);
    case joint::Options::NONE:
      break;
  }
  return layer.Wrong("options", "missing");
}

}  // namespace

Status CheckLayers(ModelCheck& check) {
  const auto& layers = *check.model.layers();
  if (layers.size() < 1 || layers.size() > kMaxLayers) {
    return Corrupt("layers: %u of them, must be 1..%d", layers.size(), kMaxLayers);
  }
  LOCKSTEP_RETURN_IF_ERROR(CheckUniqueNames(check.model));
  for (const joint::Layer* layer : layers) {
    if (layer->options_type() > joint::Options::MAX) {
      return Unknown("layer '%.64s': operator number %d", layer->name()->c_str(),
                     static_cast<int>(layer->options_type()));
    }
    LOCKSTEP_RETURN_IF_ERROR(CheckTensorIndices(check, *layer));
    LayerCheck layer_check(check, *layer);
    LOCKSTEP_RETURN_IF_ERROR(layer_check.Work(static_cast<uint64_t>(Elements(layer_check.output())), 1));
    LOCKSTEP_RETURN_IF_ERROR(CheckOptions(layer_check, layer->options_type()));
  }
  return Status::Ok();
}

}  // namespace lockstep::check
