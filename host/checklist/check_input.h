// A picture file and what a model makes of it: what the file is, what the model expects, and whether another colour
// order, mean and std or resize would have been better.
#pragma once

#include <filesystem>

#include "checklist/float_network.h"
#include "checklist/stage.h"

namespace lockstep::checklist {

inline constexpr const char* kInputStage = "input file and colour order";

// `expected`: an output of the network for this picture that is known to be right (.npy, or .bin of float32); empty:
// none is known. Then the network's own numbers are the evidence, and where they are too weak the stage is unclear.
Stage CheckInput(const ModelAndData& given, const PictureInput& input, const std::filesystem::path& expected);

}  // namespace lockstep::checklist
