#include "memory/report.h"

#include <algorithm>

namespace lockstep::memory {

const SessionPlan& MemoryReport::SessionOn(const std::string& target) const {
  const std::string name = target.substr(0, target.find("-musl"));  // another C library, the same kernels
  const auto same = [&name](const TargetPlan& one) { return one.target == name; };
  const auto found = std::find_if(targets.begin(), targets.end(), same);
  return found == targets.end() ? plan.session : found->session;
}

}  // namespace lockstep::memory
