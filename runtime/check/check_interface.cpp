// What the model says about itself as a whole: inputs, outputs, operators, sums and test vectors.
#include <cmath>
#include <cstring>

#include "check/layer_check.h"

namespace lockstep::check {
namespace {

using Floats = flatbuffers::Vector<float>;

Verdict CheckTensorOf(const ModelCheck& check, const char* list, uint32_t index, int32_t tensor) {
  const auto& tensors = *check.model.tensors();
  if (tensor < 0 || static_cast<uint32_t>(tensor) >= tensors.size()) {
    return check.report.Corrupt("%s[%u].tensor: there is no tensor %d", list, index, tensor);
  }
  if (tensors[tensor]->constant() >= 0)
    return check.report.Corrupt("%s[%u].tensor: %d is a constant", list, index, tensor);
  if (tensors[tensor]->strides() != nullptr) {
    return check.report.Corrupt("%s[%u].tensor: %d has strides, but what a caller sees lies side by side", list, index,
                                tensor);
  }
  if (HasChannelScales(*tensors[tensor])) {
    return check.report.Corrupt("%s[%u].tensor: %d has a scale for each channel, but what a caller sees has one", list,
                                index, tensor);
  }
  return Verdict::kPassed;
}

Verdict CheckStatistics(ModelCheck& check, const char* field, uint32_t index, const Floats* values, bool positive) {
  if (values == nullptr) return Verdict::kPassed;
  const joint::Tensor& tensor = *check.model.tensors()->Get(check.model.inputs()->Get(index)->tensor());
  const auto channels = static_cast<uint32_t>(Shape(tensor)[Rank(tensor) - 1]);
  if (values->size() > 1 && values->size() != channels) {
    return check.report.Corrupt("inputs[%u].%s: %u entries, must be one or one for each of the %u channels", index,
                                field, values->size(), channels);
  }
  if (!Spend(check, values->size())) return check.report.Corrupt("inputs[%u].%s: too many entries", index, field);
  for (const float value : *values) {
    if (!std::isfinite(value) || (positive && value <= 0.0F)) {
      return check.report.Corrupt("inputs[%u].%s: an entry is not a %sfinite number", index, field,
                                  positive ? "positive " : "");
    }
  }
  return Verdict::kPassed;
}

Verdict CheckInputs(ModelCheck& check) {
  const auto& inputs = *check.model.inputs();
  if (inputs.size() < 1 || inputs.size() > kMaxInputs) {
    return check.report.Corrupt("inputs: %u of them, must be 1..%d", inputs.size(), kMaxInputs);
  }
  for (uint32_t i = 0; i < inputs.size(); ++i) {
    const joint::InputSpec& input = *inputs[i];
    LOCKSTEP_RETURN_IF_FAULT(CheckTensorOf(check, "inputs", i, input.tensor()));
    if (input.kind() > joint::InputKind::MAX) {
      return check.report.Unknown("inputs[%u].kind: number %d", i, static_cast<int>(input.kind()));
    }
    const joint::Tensor& tensor = *check.model.tensors()->Get(input.tensor());
    const bool quantized = tensor.dtype() == joint::DType::U8 || tensor.dtype() == joint::DType::U16;
    const bool plain = tensor.dtype() == joint::DType::F32 || tensor.dtype() == joint::DType::S64 ||
                       tensor.dtype() == joint::DType::S8 || tensor.dtype() == joint::DType::S16;
    if (!quantized && !(plain && input.kind() == joint::InputKind::Tensor)) {
      return check.report.Corrupt(
          "inputs[%u].tensor: must be of dtype u8 or u16, or s8, s16, s64 or f32 if its kind is Tensor", i);
    }
    if (quantized && !HasAllBits(tensor)) {
      return check.report.Corrupt(
          "inputs[%u].tensor: quantization.bits: must be those of the type, for it takes any bytes", i);
    }
    for (uint32_t j = 0; j < i; ++j) {
      if (inputs[j]->tensor() == input.tensor())
        return check.report.Corrupt("inputs[%u].tensor: is inputs[%u] already", i, j);
    }
    if (input.color() > joint::Color::MAX) {
      return check.report.Unknown("inputs[%u].color: number %d", i, static_cast<int>(input.color()));
    }
    if (input.resize() > joint::ResizeMode::MAX) {
      return check.report.Unknown("inputs[%u].resize: number %d", i, static_cast<int>(input.resize()));
    }
    LOCKSTEP_RETURN_IF_FAULT(CheckStatistics(check, "mean", i, input.mean(), false));
    LOCKSTEP_RETURN_IF_FAULT(CheckStatistics(check, "std", i, input.std(), true));
  }
  return Verdict::kPassed;
}

Verdict CheckOutputs(const ModelCheck& check) {
  const auto& outputs = *check.model.outputs();
  if (outputs.size() < 1 || outputs.size() > kMaxOutputs) {
    return check.report.Corrupt("outputs: %u of them, must be 1..%d", outputs.size(), kMaxOutputs);
  }
  for (uint32_t i = 0; i < outputs.size(); ++i) {
    LOCKSTEP_RETURN_IF_FAULT(CheckTensorOf(check, "outputs", i, outputs[i]->tensor()));
  }
  return Verdict::kPassed;
}

bool IsListed(const joint::Model& model, const char* op) {
  for (const flatbuffers::String* listed : *model.operators()) {
    if (std::strcmp(listed->c_str(), op) == 0) return true;
  }
  return false;
}

// The list of operators, where there is one, holds exactly those that occur, sorted.
Verdict CheckOperators(const ModelCheck& check) {
  const joint::Model& model = check.model;
  if (model.operators() == nullptr || model.operators()->size() == 0) return Verdict::kPassed;
  bool used[static_cast<size_t>(joint::Options::MAX) + 1] = {};
  for (const joint::Layer* layer : *model.layers()) used[static_cast<size_t>(layer->options_type())] = true;
  uint32_t expected = 0;
  for (const joint::Options op : joint::EnumValuesOptions()) {
    if (!used[static_cast<size_t>(op)]) continue;
    ++expected;
    // An excess of entries is refused below, so this search is short.
    if (model.operators()->size() > static_cast<uint32_t>(joint::Options::MAX)) break;
    if (!IsListed(model, joint::EnumNameOptions(op))) {
      return check.report.Corrupt("operators: '%s' occurs in the model and is not listed", joint::EnumNameOptions(op));
    }
  }
  if (model.operators()->size() != expected)
    return check.report.Corrupt("operators: the list does not match the layers");
  return Verdict::kPassed;
}

Verdict CheckMacs(const ModelCheck& check) {
  const joint::Model& model = check.model;
  uint64_t macs = 0;
  for (const joint::Layer* layer : *model.layers()) {
    if (layer->macs() > model.macs() - macs)
      return check.report.Corrupt("layer '%.64s': macs: the model's sum is less", layer->name()->c_str());
    macs += layer->macs();
  }
  if (macs != model.macs()) return check.report.Corrupt("macs: not the sum of the layers'");
  return Verdict::kPassed;
}

Verdict CheckTestVectors(const ModelCheck& check) {
  const joint::Model& model = check.model;
  if (model.test_vectors() == nullptr) return Verdict::kPassed;
  for (uint32_t i = 0; i < model.test_vectors()->size(); ++i) {
    const joint::TestVector& vector = *model.test_vectors()->Get(i);
    if (vector.layer_digests()->size() != model.layers()->size()) {
      return check.report.Corrupt("test_vectors[%u].layer_digests: not one per layer", i);
    }
    if (vector.inputs() == nullptr || vector.inputs()->size() == 0) continue;
    if (vector.inputs()->size() != model.inputs()->size()) {
      return check.report.Corrupt("test_vectors[%u].inputs: not one per input of the model", i);
    }
    for (uint32_t j = 0; j < vector.inputs()->size(); ++j) {
      const uint64_t bytes = model.tensors()->Get(model.inputs()->Get(j)->tensor())->bytes();
      if (vector.inputs()->Get(j)->data()->size() != bytes) {
        return check.report.Corrupt("test_vectors[%u].inputs[%u]: not the size of the input", i, j);
      }
    }
  }
  return Verdict::kPassed;
}

}  // namespace

Verdict CheckInterface(ModelCheck& check) {
  LOCKSTEP_RETURN_IF_FAULT(CheckInputs(check));
  LOCKSTEP_RETURN_IF_FAULT(CheckOutputs(check));
  LOCKSTEP_RETURN_IF_FAULT(CheckOperators(check));
  LOCKSTEP_RETURN_IF_FAULT(CheckMacs(check));
  return CheckTestVectors(check);
}

}  // namespace lockstep::check
