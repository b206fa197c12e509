// The model's pre-processing of a picture against an array that another program stored, and what explains the
// difference.
#pragma once

#include <filesystem>
#include <string>

#include "checklist/stage.h"
#include "input/input_info.h"

namespace lockstep::checklist {

inline constexpr const char* kPreStage = "pre-processing";
inline constexpr double kPreTolerance = 1e-4;  // of what the network is fed with

// `input` takes pictures. The array is what the network is fed with, or the pixels of 0..255 that the board gets.
// Throws BadInput that names the file.
Stage CheckPre(const input::InputInfo& input, const std::string& picture, const std::filesystem::path& array);

}  // namespace lockstep::checklist
