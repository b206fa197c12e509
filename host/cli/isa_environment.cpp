#include "cli/isa_environment.h"

#include <cstring>
#include <string>

#include "graph/error.h"
#include "lockstep/cpu.h"

namespace lockstep::cli {

void CheckIsaEnvironment() {
  IsaSet allowed = 0;
  const char* unknown = nullptr;
  if (IsaFromEnvironment(&allowed, &unknown)) return;
  std::string present;
  for (uint8_t bit = 0; bit < 32; ++bit) {
    if ((DetectIsa() >> bit & 1) != 0) present += (present.empty() ? "" : ", ") + std::string(IsaName(Isa{bit}));
  }
  throw UsageError("LOCKSTEP_ISA: '" + std::string(unknown, std::strcspn(unknown, ",")) +
                   "' is unknown or this CPU lacks it; this CPU has " + present +
                   ": name some of them, with commas between, or unset it");
}

}  // namespace lockstep::cli
