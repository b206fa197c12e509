// What a session of the runtime takes beside the model's file and its arena. It depends on the kernels that
// the program has, and so on its target.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lockstep::memory {

struct Plan;

inline constexpr const char* kHostTarget = "host";

struct SessionPlan {
  std::string target = kHostTarget;  // whose runtime says so
  std::string emulator;              // that ran it; empty: none
  std::string cpu;                   // that was emulated; empty: what the emulator takes itself
  std::vector<std::string> kernels;  // the instruction sets that there are kernels of: "portable", "neon"
  uint64_t scratch_bytes = 0;        // of all threads
  uint64_t table_bytes = 0;          // unpacked when a session is made
};

// "armv7 (qemu-arm, cortex-a7): portable neon", "this PC: portable avx2".
std::string WhoseText(const SessionPlan& session);

// Those of this PC, as its runtime finds them: all of them if LOCKSTEP_ISA names one that it lacks.
std::vector<std::string> KernelsOfThisPc();

// Those that there are for any target.
std::vector<std::string> KernelsOfAnyCpu();

// Those that run_joint named in what it printed.
std::vector<std::string> KernelsIn(const std::string& printed);

// From what `run_joint --dry-run` printed about the model of the plan. Throws BoardError that begins with `program` if
// it does not say what it plans, as older ones do, or if it plans another arena or another file.
SessionPlan ReadSessionPlan(const std::string& printed, const Plan& plan, const std::string& program);

}  // namespace lockstep::memory
