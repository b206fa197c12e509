// What the operating system says about this process's memory. All 0 where there is no /proc.
#pragma once

#include <cstdint>

namespace lockstep {

// VmHWM: the largest resident set so far, in bytes.
uint64_t PeakMemory();

// Resident bytes of the mappings in /proc/self/smaps that hold an address in [begin, begin + size).
uint64_t ResidentBytes(const void* begin, uint64_t size);

// Resident bytes of executable mappings: the program and its libraries.
uint64_t ResidentCode();

}  // namespace lockstep
