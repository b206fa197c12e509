// What run_joint_nmem measured on a board.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "boards/board.h"
#include "memory/plan.h"

namespace lockstep::memory {

struct MeasuredPhase {
  std::string name;  // "load", "first run", "steady"
  uint64_t resident = 0;
  uint64_t peak = 0;  // the largest so far
};

struct MeasuredParts {
  uint64_t model_file = 0;
  uint64_t code = 0;
  uint64_t stacks = 0;
  uint64_t heap = 0;  // arena, scratch and tables are in it
};

struct Measured {
  std::string board;
  std::string target;
  std::string emulator;  // whose own memory is in all that is measured; empty: none
  uint64_t runs = 0;
  SessionPlan session;                 // what its own took
  std::optional<MeasuredParts> parts;  // not under an emulator
  std::vector<MeasuredPhase> phases;

  uint64_t peak() const { return phases.back().peak; }
};

// The report that the nmem build wrote. Throws BoardError that names `source` if it is none, or if another file or
// another arena was planned there. Scratch and tables may differ: they are those of its kernels.
Measured ReadMeasured(const nlohmann::ordered_json& json, const Plan& plan, const std::string& source);

// Runs the model there, on the plan's number of threads, `repeat` times with random input. Throws as Board::Run.
Measured Measure(const std::filesystem::path& model, const Plan& plan, int repeat, boards::Board& board);

}  // namespace lockstep::memory
