#include <algorithm>
#include <cstdarg>
#include <cstdio>

#include "arithmetic/rq1.h"
#include "check/check.h"
#include "joint_version.h"

namespace lockstep::check {
namespace {

constexpr size_t kMinSize = 16;    // root offset, identifier, a table and its vtable
constexpr uint32_t kMaxDepth = 8;  // Model, Layer, options: the schema nests no deeper
constexpr uint32_t kMaxTables = 1 << 18;

using flatbuffers::Table;
using flatbuffers::Vector;
using TableList = Vector<flatbuffers::Offset<Table>>;

// Tables may be shared within a file, and with them the lists of strings that the verifier walks one by one: a small
// file could keep it busy for hours. A file as the compiler writes it holds each list once.
bool StringListsFit(const uint8_t* file, size_t size) {
  flatbuffers::Verifier verifier(file, size, kMaxDepth * kMaxTables, kMaxTables);
  const auto root = verifier.VerifyOffset(0);
  if (root == 0) return false;
  const auto* model = reinterpret_cast<const Table*>(file + root);
  if (!model->VerifyTableStart(verifier) || !model->VerifyOffset(verifier, joint::Model::VT_LAYERS)) return false;
  const auto* layers = model->GetPointer<const TableList*>(joint::Model::VT_LAYERS);
  if (layers == nullptr || !verifier.VerifyVector(layers)) return false;
  uint64_t strings = 0;
  for (const Table* layer : *layers) {
    if (!layer->VerifyTableStart(verifier) || !layer->VerifyOffset(verifier, joint::Layer::VT_ONNX_NODES)) return false;
    const auto* names = layer->GetPointer<const TableList*>(joint::Layer::VT_ONNX_NODES);
    if (names == nullptr) continue;
    if (!verifier.VerifyVector(names)) return false;
    strings += names->size();
    if (strings > size / 4) return false;
  }
  return true;
}

// Of any file with the identifier, 0 if it cannot be read.
uint32_t FormatVersionOf(const uint8_t* file, size_t size) {
  flatbuffers::Verifier verifier(file, size, kMaxDepth, kMaxTables);
  const auto root = verifier.VerifyOffset(0);
  if (root == 0) return 0;
  const auto* model = reinterpret_cast<const Table*>(file + root);
  constexpr auto kField = joint::Model::VT_FORMAT_VERSION;
  if (!model->VerifyTableStart(verifier) || !model->VerifyField<uint32_t>(verifier, kField, sizeof(uint32_t))) return 0;
  return model->GetField<uint32_t>(kField, 0);
}

// Another version may arrange everything else in another way, so neither structure nor digest is looked at.
Status OtherVersion(uint32_t version) {
  if (version < kFormatVersion) {
    return Status::Error(StatusCode::kUnsupported,
                         "format version %u is no longer read; build the model again with 'lockstep build'", version);
  }
  return Status::Error(StatusCode::kUnsupported,
                       "format_version: the model has %u and this lockstep reads %u; upgrade it", version,
                       kFormatVersion);
}

static_assert(kFormatVersion == joint::kFormatVersion);

}  // namespace

Status Corrupt(const char* format, ...) {
  char text[Status::kMaxMessage];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof(text), format, arguments);
  va_end(arguments);
  return Status::Error(StatusCode::kCorruptModel, "%s; copy or build the model again", text);
}

Status Unknown(const char* format, ...) {
  char text[Status::kMaxMessage];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof(text), format, arguments);
  va_end(arguments);
  return Status::Error(StatusCode::kUnsupported, "%s is unknown to this lockstep; upgrade it", text);
}

Status CheckFile(const uint8_t* file, size_t size, const LoadOptions& options) {
  constexpr uint64_t kMaxFile = FLATBUFFERS_MAX_BUFFER_SIZE - 1;  // of the format
  if (const uint64_t limit = std::min(options.max_file, kMaxFile); size > limit) {
    return Corrupt("the file has %llu bytes, more than the limit of %llu", static_cast<unsigned long long>(size),
                   static_cast<unsigned long long>(limit));
  }
  if (size < kMinSize || !joint::ModelBufferHasIdentifier(file)) {
    return Corrupt("not a joint model: the file identifier '%s' is missing", joint::ModelIdentifier());
  }
  const uint32_t version = FormatVersionOf(file, size);
  if (version != 0 && version != kFormatVersion) return OtherVersion(version);
  flatbuffers::Verifier verifier(file, size, kMaxDepth, kMaxTables);
  if (!StringListsFit(file, size) || !joint::VerifyModelBuffer(verifier)) {
    return Corrupt("structure: an offset or a length points outside the file, or a required field is missing");
  }
  return Status::Ok();
}

Status CheckContract(const joint::Model& model) {
  if (model.format_version() == 0) return Corrupt("format_version: missing");
  if (model.contract()->string_view() != rq1::kContractId) {
    return Status::Error(StatusCode::kUnsupported,
                         "contract: the model needs '%.32s' and this lockstep has '%s'; upgrade it or build the model "
                         "with a compiler of contract '%s'",
                         model.contract()->c_str(), rq1::kContractId, rq1::kContractId);
  }
  return Status::Ok();
}

}  // namespace lockstep::check
