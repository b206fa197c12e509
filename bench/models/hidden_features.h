// Hides the CPU's features beyond AVX2 from a library that asks for them by the instruction cpuid.
#pragma once

#include <cstdint>
#include <vector>

namespace lockstep::bench {

// `places` are the addresses of the library's cpuid instructions. Each is replaced by one that is undefined, whose
// signal (SIGILL) answers as the CPU does but for AVX-512, AVX-VNNI, AMX and what comes behind them. Before the library
// is used. False where its code cannot be written.
bool HideBeyondAvx2(const std::vector<uintptr_t>& places);

}  // namespace lockstep::bench
