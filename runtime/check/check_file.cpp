#include <algorithm>

#include "arithmetic/rq1.h"
#include "check/check.h"
#include "check/structure.h"
#include "joint_version.h"

namespace lockstep::check {
namespace {

// Another version may arrange everything else in another way, so neither structure nor digest is looked at.
Verdict OtherVersion(Report& report, uint32_t version) {
  if (version < kFormatVersion) {
    return report.Unsupported("format version %u is no longer read; build the model again with 'lockstep build'",
                              version);
  }
  return report.Unsupported("format_version: the model has %u and this lockstep reads %u; upgrade it", version,
                            kFormatVersion);
}

static_assert(kFormatVersion == joint::kFormatVersion);

}  // namespace

Verdict CheckFile(Report& report, const uint8_t* file, size_t size, const LoadOptions& options) {
  constexpr uint64_t kMaxFile = FLATBUFFERS_MAX_BUFFER_SIZE - 1;  // of the format
  if (const uint64_t limit = std::min(options.max_file, kMaxFile); size > limit) {
    return report.Corrupt("the file has %llu bytes, more than the limit of %llu", static_cast<unsigned long long>(size),
                          static_cast<unsigned long long>(limit));
  }
  if (size < kMinSize || !joint::ModelBufferHasIdentifier(file)) {
    return report.Corrupt("not a joint model: the file identifier '%s' is missing", joint::ModelIdentifier());
  }
  const uint32_t version = FormatVersionOf(file, size);
  if (version != 0 && version != kFormatVersion) return OtherVersion(report, version);
  if (!HasStructure(file, size)) {
    return report.Corrupt("structure: an offset or a length points outside the file, or a required field is missing");
  }
  return Verdict::kPassed;
}

Verdict CheckContract(const ModelCheck& check) {
  const joint::Model& model = check.model;
  Report& report = check.report;
  if (model.format_version() == 0) return report.Corrupt("format_version: missing");
  if (model.contract()->string_view() != rq1::kContractId) {
    return report.Unsupported(
        "contract: the model needs '%.32s' and this lockstep has '%s'; upgrade it or build the model "
        "with a compiler of contract '%s'",
        model.contract()->c_str(), rq1::kContractId, rq1::kContractId);
  }
  return Verdict::kPassed;
}

}  // namespace lockstep::check
