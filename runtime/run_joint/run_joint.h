// The board runner: loads a joint model, runs it on the inputs it is given, and says how long that took.
#pragma once

namespace lockstep {

// The whole program but for the process: prints to stdout and stderr and returns the exit status.
int RunJointMain(int argc, char** argv);

}  // namespace lockstep
