// What the environment says of instruction sets, checked before a command begins.
#pragma once

namespace lockstep::cli {

// Throws UsageError if LOCKSTEP_ISA names an instruction set that is unknown or that this CPU lacks.
void CheckIsaEnvironment();

}  // namespace lockstep::cli
