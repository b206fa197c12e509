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
};

std::string ToText(const MemoryReport& report);
// docs/profiling.md lists the members.
nlohmann::ordered_json ToJson(const MemoryReport& report);

}  // namespace lockstep::memory
