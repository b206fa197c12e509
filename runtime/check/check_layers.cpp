#include <algorithm>
#include <cstring>

#include "base/memory.h"
#include "check/layer_check.h"
#include "ops/operator_table.h"

namespace lockstep::check {
namespace {

Verdict CheckUniqueNames(const ModelCheck& check) {
  const joint::Model& model = check.model;
  Array<const char*> names;
  LOCKSTEP_RETURN_IF_FAULT(check.report.Take(names.Make(model.layers()->size(), "the layers' names")));
  for (uint32_t i = 0; i < names.size(); ++i) names[i] = model.layers()->Get(i)->name()->c_str();
  std::sort(names.begin(), names.end(), [](const char* a, const char* b) { return std::strcmp(a, b) < 0; });
  for (size_t i = 1; i < names.size(); ++i) {
    if (std::strcmp(names[i - 1], names[i]) == 0)
      return check.report.Corrupt("layer name '%.64s': occurs twice", names[i]);
  }
  return Verdict::kPassed;
}

Verdict CheckTensorIndices(const ModelCheck& check, const joint::Layer& layer) {
  const char* name = layer.name()->c_str();
  const auto tensors = static_cast<int32_t>(check.model.tensors()->size());
  if (layer.inputs()->size() < 1 || layer.inputs()->size() > kMaxInputs) {
    return check.report.Corrupt("layer '%.64s': inputs: %u of them, must be 1..%d", name, layer.inputs()->size(),
                                kMaxInputs);
  }
  for (const int32_t tensor : *layer.inputs()) {
    if (tensor < 0 || tensor >= tensors)
      return check.report.Corrupt("layer '%.64s': inputs: there is no tensor %d", name, tensor);
  }
  if (layer.outputs()->size() < 1 || layer.outputs()->size() > kMaxOutputs) {
    return check.report.Corrupt("layer '%.64s': outputs: %u of them, must be 1..%d", name, layer.outputs()->size(),
                                kMaxOutputs);
  }
  for (const int32_t tensor : *layer.outputs()) {
    if (tensor < 0 || tensor >= tensors)
      return check.report.Corrupt("layer '%.64s': outputs: there is no tensor %d", name, tensor);
    if (check.model.tensors()->Get(tensor)->constant() >= 0) {
      return check.report.Corrupt("layer '%.64s': outputs: tensor %d is a constant", name, tensor);
    }
  }
  return Verdict::kPassed;
}

Verdict CheckStrides(const LayerCheck& layer, const kernels::OperatorCheck& row) {
  for (int32_t i = row.strided_inputs; i < layer.input_count(); ++i) {
    if (layer.input(i).strides() == nullptr) continue;
    return layer.Wrong("inputs", i, "this operator does not read a strided tensor there");
  }
  for (int32_t i = 0; i < layer.output_count() && !row.strided_outputs; ++i) {
    if (layer.output(i).strides() == nullptr) continue;
    return layer.Wrong("outputs", i, "this operator does not write a strided tensor");
  }
  return Verdict::kPassed;
}

Verdict CheckChannelScales(const LayerCheck& layer, kernels::ChannelScales allowed) {
  constexpr const char* kRefused = "this operator needs one scale there, not one for each channel";
  for (int32_t i = 0; i < layer.input_count(); ++i) {
    const bool may = i == 0 && allowed == kernels::ChannelScales::kInputAndOutput;
    if (HasChannelScales(layer.input(i)) && !may) return layer.Wrong("inputs", i, kRefused);
  }
  for (int32_t i = 0; i < layer.output_count(); ++i) {
    const bool may = allowed != kernels::ChannelScales::kNone;
    if (HasChannelScales(layer.output(i)) && !may) return layer.Wrong("outputs", i, kRefused);
  }
  return Verdict::kPassed;
}

Verdict BuiltWithout(const ModelCheck& check, const joint::Layer& layer, const char* what, const char* name) {
  return check.report.Unsupported(
      "layer '%.64s': this runtime was built without %s%s; build it with "
      "-DLOCKSTEP_OPERATORS=THIS_MODEL.joint, or with all operators",
      layer.name()->c_str(), what, name);
}

Verdict CheckLayer(LayerCheck& layer, const joint::Layer& source) {
  const ModelCheck& check = layer.model();
  const joint::Options op = source.options_type();
  if (op == joint::Options::NONE) return layer.Wrong("options", "missing");
  const kernels::OperatorCheck row = kernels::CheckOf(op);
  if (row.check == nullptr) {
    return BuiltWithout(check, source, "the operator ", joint::EnumNameOptions(op));
  }
  if (source.version() < 1) return layer.Wrong("version", "must be at least 1");
  if (source.version() > row.version) {
    return check.report.Unknown("layer '%.64s': version %u of %s", source.name()->c_str(), source.version(),
                                joint::EnumNameOptions(op));
  }
  if (row.lacks_floats && layer.input_count() > 0 &&
      kernels::FormOf(layer.input(0).dtype(), layer.output().dtype()) == kernels::Form::kFloat) {
    return BuiltWithout(check, source, "layers of floats", "");
  }
  for (int32_t i = 0; i < layer.input_count(); ++i) {
    if (layer.input(i).packing() == joint::Packing::Plain || i == row.packed_input) continue;
    return layer.Wrong("inputs", i, "packed weights are no input of this operator, or at another place");
  }
  LOCKSTEP_RETURN_IF_FAULT(layer.OutputCount(row.outputs));
  LOCKSTEP_RETURN_IF_FAULT(CheckStrides(layer, row));
  LOCKSTEP_RETURN_IF_FAULT(CheckChannelScales(layer, row.channel_scales));
  for (int32_t i = 0; i < layer.output_count(); ++i) {
    LOCKSTEP_RETURN_IF_FAULT(layer.Work(static_cast<uint64_t>(Elements(layer.output(i))), 1));
  }
  return row.check(layer);
}

}  // namespace

Verdict CheckLayers(ModelCheck& check) {
  const auto& layers = *check.model.layers();
  if (layers.size() < 1 || layers.size() > kMaxLayers) {
    return check.report.Corrupt("layers: %u of them, must be 1..%d", layers.size(), kMaxLayers);
  }
  LOCKSTEP_RETURN_IF_FAULT(CheckUniqueNames(check));
  for (const joint::Layer* layer : layers) {
    if (layer->options_type() > joint::Options::MAX) {
      return check.report.Unknown("layer '%.64s': operator number %d", layer->name()->c_str(),
                                  static_cast<int>(layer->options_type()));
    }
    LOCKSTEP_RETURN_IF_FAULT(CheckTensorIndices(check, *layer));
    LayerCheck layer_check(check, *layer);
    LOCKSTEP_RETURN_IF_FAULT(CheckLayer(layer_check, *layer));
  }
  return Verdict::kPassed;
}

}  // namespace lockstep::check
