// What the operating system says about this process's memory. All 0 where there is no /proc.
#pragma once

#include <cstdint>

namespace lockstep {

struct ProcessMemory {
  uint64_t peak = 0;      // VmHWM: the largest resident set so far, in bytes
  uint64_t resident = 0;  // VmRSS
};

ProcessMemory ReadProcessMemory();

// Resident bytes of the mappings in /proc/self/smaps that hold an address in [begin, begin + size).
uint64_t ResidentBytes(const void* begin, uint64_t size);

// Resident bytes of executable mappings: the program and its libraries.
uint64_t ResidentCode();

}  // namespace lockstep
