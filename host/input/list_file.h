// A text file that names one set of inputs in each line.
#pragma once

#include <string>
#include <vector>

namespace lockstep::input {

// By its ending, .txt.
bool IsListFile(const std::string& path);

// The paths of each line, which ';' separates, one for each input; empty lines are left out. A path that is not there
// is taken from beside the list. Throws BadInput if the list cannot be read or has no line.
std::vector<std::vector<std::string>> ReadListFile(const std::string& path);

}  // namespace lockstep::input
