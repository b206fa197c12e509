#include "planted_fault.h"

#include <cstdio>
#include <cstdlib>
#include <sstream>

namespace lockstep::faults {
namespace {

bool isolated = false;

PlantedFault Read() {
  PlantedFault fault;
  const char* text = std::getenv("LOCKSTEP_FAULT");
  if (text == nullptr) return fault;
  std::istringstream in(text);
  in >> fault.kind >> fault.layer;
  if (fault.layer.empty()) {
    std::fprintf(stderr, "LOCKSTEP_FAULT '%s' is not KIND LAYER [A [LAYER]]\n", text);
    std::exit(2);
  }
  in >> fault.a >> fault.other;
  return fault;
}

}  // namespace

const PlantedFault& Fault() {
  static const PlantedFault kFault = Read();
  return kFault;
}

void SetIsolated() { isolated = true; }
bool IsIsolated() { return isolated; }

}  // namespace lockstep::faults
