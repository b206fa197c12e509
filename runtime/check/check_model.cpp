#include "lockstep/check_model.h"

#include <optional>

#include "check/check.h"
#include "check/check_digest.h"

namespace lockstep {
namespace check {
namespace {

Verdict CheckContent(ModelCheck& check) {
  LOCKSTEP_RETURN_IF_FAULT(CheckContract(check));
  LOCKSTEP_RETURN_IF_FAULT(CheckNames(check));
  LOCKSTEP_RETURN_IF_FAULT(CheckTensors(check));
  LOCKSTEP_RETURN_IF_FAULT(CheckLayers(check));
  LOCKSTEP_RETURN_IF_FAULT(CheckInterface(check));
  return CheckMemory(check);
}

Verdict CheckAll(Report& report, const uint8_t* data, size_t size, const LoadOptions& options) {
  LOCKSTEP_RETURN_IF_FAULT(CheckFile(report, data, size, options));
  const joint::Model& model = *joint::GetModel(data);
  std::optional<DigestCheck> digest;
  if (options.check_digest) digest.emplace(data, size, *model.digest());
  // Sums over weights are checked once for every layer that uses them; a factor allows for honest sharing.
  constexpr uint64_t kSharing = 16;
  ModelCheck check = {report, data, size, options, model, size * kSharing};
  const Verdict content = CheckContent(check);
  // Comes first, its text too: damage may look like anything.
  if (digest) LOCKSTEP_RETURN_IF_FAULT(digest->Finish(report));
  return content;
}

}  // namespace
}  // namespace check

Status CheckModel(const uint8_t* data, size_t size, const LoadOptions& options) {
  check::Report report;
  return check::CheckAll(report, data, size, options) == check::Verdict::kPassed ? Status::Ok() : report.fault();
}

}  // namespace lockstep
