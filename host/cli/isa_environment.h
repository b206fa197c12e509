// What LOCKSTEP_ISA says, checked before a command begins its work.
#pragma once

namespace lockstep::cli {

// Throws UsageError if it names what is no instruction set of any CPU.
void RefuseUnknownIsa();

// Throws UsageError if it names one that this CPU lacks. For commands that cannot do without kernels of this PC: others
// run on emulated boards, which get the variable too and may have what this CPU lacks.
void RequireIsaOfThisPc();

}  // namespace lockstep::cli
