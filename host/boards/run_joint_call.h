// run_joint as every kind of board calls it: its arguments, and what its answer means.
#pragma once

#include <string>
#include <vector>

#include "boards/board.h"
#include "boards/process.h"

namespace lockstep::boards {

// The arguments of a job, the model last.
std::vector<std::string> ArgumentsOf(const BoardJob& job, const BoardOptions& options);

// Throws if run_joint did not end well: UnsupportedModel or BadInput if it refused the model, else BoardError. `who`
// begins the message ("qemu:mipsel: build/mipsel/bin/run_joint_debug "), `where_full` ends it where the disk was full.
void CheckAnswer(const ProcessResult& result, const BoardOptions& options, const std::string& who,
                 const std::string& where_full);

// What stands before the first line's end.
std::string FirstLine(const std::string& text);

// The last lines of what a program said, on one line, without what a terminal would take for commands.
std::string LastWords(const ProcessResult& result);

}  // namespace lockstep::boards
