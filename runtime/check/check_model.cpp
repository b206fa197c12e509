#include "lockstep/check_model.h"

#include "check/check.h"

namespace lockstep {

Status CheckModel(const uint8_t* data, size_t size, const LoadOptions& options) {
  LOCKSTEP_RETURN_IF_ERROR(check::CheckFile(data, size, options));
  // Sums over weights are checked once for every layer that uses them; a factor allows for honest sharing.
  constexpr uint64_t kSharing = 16;
  check::ModelCheck check = {data, size, options, *joint::GetModel(data), size * kSharing};
  LOCKSTEP_RETURN_IF_ERROR(check::CheckNames(check));
  LOCKSTEP_RETURN_IF_ERROR(check::CheckTensors(check));
  LOCKSTEP_RETURN_IF_ERROR(check::CheckLayers(check));
  LOCKSTEP_RETURN_IF_ERROR(check::CheckInterface(check));
  return check::CheckMemory(check);
}

}  // namespace lockstep
