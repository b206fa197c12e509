// What the operating system says about this process's memory. All 0 where there is no /proc.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lockstep {

// VmHWM: the largest resident set so far, in bytes.
uint64_t PeakMemory();

inline constexpr size_t kMaxProgramName = 64;

// Whether the process runs in user-mode QEMU, whose own memory is then in the figures above, and the emulator's name.
bool Emulator(char (&name)[kMaxProgramName]);

}  // namespace lockstep
