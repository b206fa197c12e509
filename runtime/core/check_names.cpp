// Every string of the model. People read them in messages, reports and file names, so they are text and not too long.
#include "core/check.h"

namespace lockstep::check {
namespace {

// Names of any length could keep the search for equal ones busy for hours.
constexpr uint32_t kMaxName = 4096;

// Bytes of the UTF-8 character in front; 0 if it is malformed, cut off or a control character.
uint32_t TextCharacter(const uint8_t* text, uint32_t left) {
  const uint8_t lead = text[0];
  if (lead < 0x80) return lead >= ' ' && lead != 0x7f ? 1 : 0;
  if (lead < 0xc0 || lead > 0xf4) return 0;
  const uint32_t size = lead >= 0xf0 ? 4 : (lead >= 0xe0 ? 3 : 2);
  if (left < size) return 0;
  uint32_t code = lead & (0x7fU >> size);
  for (uint32_t i = 1; i < size; ++i) {
    if ((text[i] & 0xc0) != 0x80) return 0;
    code = code << 6 | (text[i] & 0x3fU);
  }
  constexpr uint32_t kSmallest[] = {0, 0, 0xa0, 0x800, 0x10000};  // 0x80 to 0x9f are control characters
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  return code < kSmallest[size] || code > 0x10ffff || surrogate ? 0 : size;
}

// What is wrong with the string; nullptr: nothing.
const char* Fault(ModelCheck& check, const flatbuffers::String* string) {
  if (string == nullptr) return nullptr;
  const uint32_t size = string->size();
  if (size > kMaxName) return "has more than 4096 bytes";
  if (!Spend(check, size)) return "is shared by too many places";
  const auto* text = reinterpret_cast<const uint8_t*>(string->c_str());
  for (uint32_t at = 0; at < size;) {
    const uint32_t character = TextCharacter(text + at, size - at);
    if (character == 0) return "is not UTF-8 text without control characters";
    at += character;
  }
  return nullptr;
}

Status CheckLayerNames(ModelCheck& check, uint32_t index, const joint::Layer& layer) {
  if (const char* fault = Fault(check, layer.name())) return Corrupt("layers[%u].name: %s", index, fault);
  if (layer.onnx_nodes() == nullptr) return Status::Ok();
  for (uint32_t i = 0; i < layer.onnx_nodes()->size(); ++i) {
    const char* fault = Fault(check, layer.onnx_nodes()->Get(i));
    if (fault != nullptr) return Corrupt("layers[%u].onnx_nodes[%u]: %s", index, i, fault);
  }
  return Status::Ok();
}

}  // namespace

Status CheckNames(ModelCheck& check) {
  const joint::Model& model = check.model;
  const struct {
    const char* field;
    const flatbuffers::String* string;
  } own[] = {{"name", model.name()},
             {"compiler_version", model.compiler_version()},
             {"source_digest", model.source_digest()},
             {"calibration_digest", model.calibration_digest()}};
  for (const auto& [field, string] : own) {
    if (const char* fault = Fault(check, string)) return Corrupt("%s: %s", field, fault);
  }
  for (uint32_t i = 0; model.operators() != nullptr && i < model.operators()->size(); ++i) {
    if (const char* fault = Fault(check, model.operators()->Get(i))) return Corrupt("operators[%u]: %s", i, fault);
  }
  for (uint32_t i = 0; i < model.tensors()->size(); ++i) {
    const char* fault = Fault(check, model.tensors()->Get(i)->name());
    if (fault != nullptr) return Corrupt("tensors[%u].name: %s", i, fault);
  }
  for (uint32_t i = 0; i < model.layers()->size(); ++i) {
    LOCKSTEP_RETURN_IF_ERROR(CheckLayerNames(check, i, *model.layers()->Get(i)));
  }
  return Status::Ok();
}

}  // namespace lockstep::check
