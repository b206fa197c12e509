// Instruction sets that kernels are written for, and which of them this CPU has.
#pragma once

#include <cstdint>

namespace lockstep {

enum class Isa : uint8_t { kPortable, kMsa, kNeon, kAvx512Vnni, kAvx2, kNeonDot, kNeonI8mm, kAvxVnni };

using IsaSet = uint32_t;  // bit i: Isa with value i

inline constexpr IsaSet IsaBit(Isa isa) { return IsaSet{1} << static_cast<uint32_t>(isa); }

const char* IsaName(Isa isa);  // "portable", "msa", "neon", "avx512vnni", "avx2", "neondot", "neoni8mm", "avxvnni"

// The instruction sets of this CPU that this build has kernels for; kPortable is always among them. From HWCAP on Linux
// boards (never by probing: an emulated MIPS without MSA executes its opcodes wrongly instead of trapping), cpuid on
// x86.
IsaSet DetectIsa();

// DetectIsa restricted to what the environment variable LOCKSTEP_ISA names ("portable", or a comma list). Returns false
// and leaves *isa alone if it names an instruction set that is unknown or not there; *unknown then points at the text.
bool IsaFromEnvironment(IsaSet* isa, const char** unknown);

}  // namespace lockstep
