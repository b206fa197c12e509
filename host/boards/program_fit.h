// Whether a program is for the architecture of a device.
#pragma once

#include <filesystem>
#include <string>

namespace lockstep::boards {

// Empty if `program` can run where `uname -m` says `machine`, or if either is not known; else the architecture that the
// program is for, in the words of `uname -m`. Throws BadInput if it cannot be read.
std::string OtherArchitecture(const std::filesystem::path& program, const std::string& machine);

}  // namespace lockstep::boards
