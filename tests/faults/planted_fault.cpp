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
  const bool has_a = static_cast<bool>(in >> fault.a);
  if (has_a) in >> fault.other;
  in.clear(in.rdstate() & ~std::ios::failbit);
  std::string rest;
  in >> rest;
  if (fault.layer.empty() || !rest.empty()) RefuseFault("is not KIND LAYER [A [LAYER]]");
  CheckKind(fault);
  return fault;
}

}  // namespace

void RefuseFault(const std::string& why) {
  std::fprintf(stderr, "LOCKSTEP_FAULT '%s' %s\n", std::getenv("LOCKSTEP_FAULT"), why.c_str());
  std::exit(2);
}

const PlantedFault& Fault() {
  static const PlantedFault kFault = Read();
  return kFault;
}

void SetIsolated() { isolated = true; }
bool IsIsolated() { return isolated; }

}  // namespace lockstep::faults
