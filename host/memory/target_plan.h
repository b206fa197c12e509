// The plan on each target: the program differs, and what its session takes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "boards/board.h"
#include "boards/targets.h"
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
  // What the target's own program plans; where it cannot be asked, what this PC's runtime does: `session.target` says
  // it.
  SessionPlan session;
  std::string missing;  // why there is no program, or why it cannot be asked

  bool asked() const { return session.target == target; }
};

// By the names of the presets; empty: all. Throws UsageError with the nearest name.
std::vector<const boards::Target*> NamedTargets(const std::vector<std::string>& names);

// Starts the target's program on the model, under an emulator unless it is this PC's; nothing is run.
TargetPlan PlanTarget(const boards::Target& target, const std::filesystem::path& model, const Plan& plan,
                      const boards::BoardOptions& options);

}  // namespace lockstep::memory
