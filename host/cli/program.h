// lockstep: the host tools as one program.
#pragma once

namespace lockstep::cli {

// Runs the subcommand that the arguments name and returns its exit status. Every error ends here and becomes one line
// on stderr and a status.
int RunProgram(int argc, char** argv);

}  // namespace lockstep::cli
