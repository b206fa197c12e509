// The board runner: loads a joint model, runs it on the inputs it is given, and says how long that took.
#pragma once

namespace lockstep {

// The whole program but for the process: prints to stdout and stderr and returns the exit status.
int RunJointMain(int argc, char** argv);

// Ends the process with one line and the exit status of a board that lacks memory: for SetNoMemoryHandler.
[[noreturn]] void ExitWithoutMemory();

}  // namespace lockstep
