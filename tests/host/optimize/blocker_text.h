// Blockers in lines, for tests to compare.
#pragma once

#include <string>
#include <vector>

#include "optimize/optimize.h"

namespace lockstep::optimize {

inline std::string Text(const std::vector<Blocker>& blockers) {
  std::string text;
  for (const Blocker& blocker : blockers) text += blocker.node + "|" + blocker.op + "|" + blocker.reason + "\n";
  return text;
}

}  // namespace lockstep::optimize
