// What LOCKSTEP_ISA says, checked before a command begins its work.
#pragma once

namespace lockstep::cli {

// Throws UsageError if it names what is no instruction set of any CPU.
void RefuseUnknownIsa();

// Throws UsageError if it names one that this CPU lacks. Only for commands whose kernels all run here: emulated boards
// get the variable too, and may have what this CPU lacks.
void RequireIsaOfThisPc();

}  // namespace lockstep::cli
