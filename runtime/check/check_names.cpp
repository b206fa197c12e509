// Every string of the model is text that people can read, and not too long.
#include "check/check.h"
#include "lockstep/name_text.h"

namespace lockstep::check {
namespace {

// What is wrong with the string; nullptr: nothing.
const char* Fault(ModelCheck& check, const flatbuffers::String* string) {
  if (string == nullptr) return nullptr;
  const uint32_t size = string->size();
  if (size > kMostNameBytes) return "has more than 4096 bytes";
  if (!Spend(check, size)) return "is shared by too many places";
  if (!IsNameText(string->c_str(), size)) return "is not UTF-8 text without control characters";
  return nullptr;
}

Verdict CheckLayerNames(ModelCheck& check, uint32_t index, const joint::Layer& layer) {
  if (const char* fault = Fault(check, layer.name())) return check.report.Corrupt("layers[%u].name: %s", index, fault);
  if (layer.onnx_nodes() == nullptr) return Verdict::kPassed;
  for (uint32_t i = 0; i < layer.onnx_nodes()->size(); ++i) {
    const char* fault = Fault(check, layer.onnx_nodes()->Get(i));
    if (fault != nullptr) return check.report.Corrupt("layers[%u].onnx_nodes[%u]: %s", index, i, fault);
  }
  return Verdict::kPassed;
}

}  // namespace

Verdict CheckNames(ModelCheck& check) {
  const joint::Model& model = check.model;
  const struct {
    const char* field;
    const flatbuffers::String* string;
  } own[] = {{"name", model.name()},
             {"compiler_version", model.compiler_version()},
             {"source_digest", model.source_digest()},
             {"calibration_digest", model.calibration_digest()}};
  for (const auto& [field, string] : own) {
    if (const char* fault = Fault(check, string)) return check.report.Corrupt("%s: %s", field, fault);
  }
  for (uint32_t i = 0; model.operators() != nullptr && i < model.operators()->size(); ++i) {
    if (const char* fault = Fault(check, model.operators()->Get(i)))
      return check.report.Corrupt("operators[%u]: %s", i, fault);
  }
  for (uint32_t i = 0; i < model.tensors()->size(); ++i) {
    const char* fault = Fault(check, model.tensors()->Get(i)->name());
    if (fault != nullptr) return check.report.Corrupt("tensors[%u].name: %s", i, fault);
  }
  for (uint32_t i = 0; i < model.layers()->size(); ++i) {
    LOCKSTEP_RETURN_IF_FAULT(CheckLayerNames(check, i, *model.layers()->Get(i)));
  }
  return Verdict::kPassed;
}

}  // namespace lockstep::check
