// The same plan on each target: what differs is the program.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "boards/board.h"
#include "memory/plan.h"

namespace lockstep::memory {

// What a program's file asks to be loaded: its code and constants, and its data.
struct ProgramBytes {
  uint64_t code = 0;
  uint64_t data = 0;
};

// Of an ELF file of 32 or 64 bits, little-endian; nothing if it is none.
std::optional<ProgramBytes> ReadProgramBytes(const std::vector<uint8_t>& file);

struct TargetPlan {
  std::string target;
  std::optional<ProgramBytes> program;  // run_joint_release; nothing if it was not built for this target
  std::string missing;                  // why
};

// By the names of the presets; empty: all. Throws UsageError with the nearest name.
std::vector<TargetPlan> PlanTargets(const std::vector<std::string>& names, const boards::BoardOptions& options);

}  // namespace lockstep::memory
