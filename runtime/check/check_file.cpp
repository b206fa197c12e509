#include <algorithm>
#include <cstdarg>
#include <cstdio>

#include "arithmetic/rq1.h"
#include "check/check.h"
#include "check/structure.h"
#include "joint_version.h"

namespace lockstep::check {
namespace {

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
  if (!HasStructure(file, size)) {
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
