// The plan, what would make it smaller, and what boards measured, as text and for programs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "memory/measured.h"
#include "memory/plan.h"
#include "memory/savings.h"
#include "memory/target_plan.h"

namespace lockstep::memory {

struct MemoryReport {
  Plan plan;
  std::vector<Saving> savings;
  std::vector<TargetPlan> targets;
  std::vector<Measured> measured;  // by board

  // Whose scratch and tables are planned: the target's if there is one alone, else this PC's.
  const SessionPlan& session() const { return targets.size() == 1 ? targets.front().session : plan.session; }
  uint64_t peak_bytes() const { return plan.peak_bytes(session()); }
  // What was planned for a board of this target: this PC's where it was not asked for.
  const SessionPlan& SessionOn(const std::string& target) const;
};

std::string ToText(const MemoryReport& report);
// docs/profiling.md lists the members.
nlohmann::ordered_json ToJson(const MemoryReport& report);

}  // namespace lockstep::memory
