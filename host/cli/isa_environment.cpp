#include "cli/isa_environment.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string>
#include <vector>

#include "graph/error.h"
#include "graph/quoted.h"
#include "memory/session_plan.h"

namespace lockstep::cli {
namespace {

// Throws UsageError for the first name that is not one of `known`.
void RequireNamesOf(const std::vector<std::string>& known, const std::string& whose) {
  const char* text = std::getenv("LOCKSTEP_ISA");
  if (text == nullptr || *text == '\0') return;
  std::istringstream names(std::string(text) + ",");  // so that a last name that is empty counts too
  for (std::string name; std::getline(names, name, ',');) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    throw UsageError("LOCKSTEP_ISA: " + graph::Quoted(name) + " is none of " + whose + ", " + graph::Listed(known) +
                     "; name some of these, with commas between, or unset it");
  }
}

}  // namespace

void RefuseUnknownIsa() {
  RequireNamesOf(memory::KernelsOfAnyCpu(), "the instruction sets that there are kernels for");
}

void RequireIsaOfThisPc() { RequireNamesOf(memory::KernelsOfThisPc(), "this CPU's instruction sets"); }

}  // namespace lockstep::cli
