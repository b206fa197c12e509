#include "lockstep/check_model.h"

#include <optional>

#include "check/check.h"
#include "check/check_digest.h"

namespace lockstep {
namespace {

Status CheckContent(check::ModelCheck& check) {
  LOCKSTEP_RETURN_IF_ERROR(check::CheckContract(check.model));
  LOCKSTEP_RETURN_IF_ERROR(check::CheckNames(check));
  LOCKSTEP_RETURN_IF_ERROR(check::CheckTensors(check));
  LOCKSTEP_RETURN_IF_ERROR(check::CheckLayers(check));
  LOCKSTEP_RETURN_IF_ERROR(check::CheckInterface(check));
  return check::CheckMemory(check);
}

}  // namespace

Status CheckModel(const uint8_t* data, size_t size, const LoadOptions& options) {
  LOCKSTEP_RETURN_IF_ERROR(check::CheckFile(data, size, options));
  const joint::Model& model = *joint::GetModel(data);
  std::optional<check::DigestCheck> digest;
  if (options.check_digest) digest.emplace(data, size, *model.digest());
  // Sums over weights are checked once for every layer that uses them; a factor allows for honest sharing.
  constexpr uint64_t kSharing = 16;
  check::ModelCheck check = {data, size, options, model, size * kSharing};
  const Status content = CheckContent(check);
  if (digest) LOCKSTEP_RETURN_IF_ERROR(digest->Finish());  // comes first: damage may look like anything
  return content;
}

}  // namespace lockstep
