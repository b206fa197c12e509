// Whose memory of this process is resident, as the operating system says it. Nothing is allocated for it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/memory.h"

namespace lockstep {

struct MemoryNow {
  uint64_t resident = 0;  // VmRSS
  uint64_t peak = 0;      // VmHWM: the largest so far
};
// All 0 where there is no /proc.
MemoryNow ReadMemoryNow();

struct MemoryParts {
  uint64_t model = 0;   // of the model's file, if it is mapped
  uint64_t code = 0;    // mapped files: the program and its libraries, their constants and data
  uint64_t stacks = 0;  // of the threads that did a share of a layer
  uint64_t heap = 0;    // the rest, which no file is behind: arena, scratch and tables are in it
  uint64_t sum() const { return model + code + stacks + heap; }
};

// `stacks` has an address in every stack, or 0. All 0 where there is no /proc/self/smaps; under user-mode QEMU that is
// the emulator's.
MemoryParts ReadMemoryParts(const void* model, size_t model_size, const Array<uintptr_t>& stacks);

}  // namespace lockstep
