// What would make the arena smaller: the plan made again with other sizes or lifetimes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "memory/plan.h"

namespace lockstep::memory {

struct Saving {
  std::string what;          // to do, and to which tensors
  uint64_t arena_bytes = 0;  // that there would be then
  bool possible = true;      // with this version; else it says where the memory goes
};

// Those that would save something, the largest first.
std::vector<Saving> FindSavings(const Plan& plan);

// The arena that these blocks need, as the compiler places them.
uint64_t ArenaOf(const std::vector<Block>& blocks);

}  // namespace lockstep::memory
