// What a session executes: layers, or groups of layers that run row by row.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/row_group.h"
#include "ops/operator.h"
#include "probe/probe.h"

namespace lockstep {

// What the threads of a session have in common.
struct Team {
  int threads = 1;
  Probe* probe = nullptr;
  uint8_t* scratch = nullptr;
  size_t scratch_bytes = 0;  // of one thread
  size_t scratch_step = 0;   // from one thread's to the next one's

  uint8_t* ScratchOf(int thread) const { return scratch + scratch_step * static_cast<size_t>(thread); }
};

// One layer, ready to run.
struct Step {
  const Team* team = nullptr;
  int32_t layer = 0;
  kernels::LayerArgs args;
  const kernels::Kernel* kernel = nullptr;
  uint64_t state_offset = 0;
  uint64_t state_bytes = 0;
  int64_t units = 1;
  bool shared = false;  // among threads

  // Work for the pool: a thread's range of the units.
  static void RunShare(void* step, int thread) {
    const auto& self = *static_cast<const Step*>(step);
    const int threads = self.shared ? self.team->threads : 1;
    const int64_t begin = self.units * thread / threads;
    const int64_t end = self.units * (thread + 1) / threads;
    if (begin == end) return;
    const Team& team = *self.team;
    team.probe->BeforeShare(self.layer, thread);
    self.kernel->run(self.args, begin, end, team.ScratchOf(thread));
    team.probe->AfterShare(self.layer, thread);
  }
};

// A group, whose layers' steps do not run.
struct RowStep {
  const Team* team = nullptr;
  RowGroup group;
  bool shared = false;  // among threads

  // Work for the pool: a thread's range of the rows.
  static void RunShare(void* step, int thread) {
    const auto& self = *static_cast<const RowStep*>(step);
    const int threads = self.shared ? self.team->threads : 1;
    const int64_t rows = self.group.rows();
    self.group.Run(rows * thread / threads, rows * (thread + 1) / threads, self.team->ScratchOf(thread));
  }
};

}  // namespace lockstep
