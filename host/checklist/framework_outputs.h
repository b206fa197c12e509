// The float network against what the framework that it came from computed.
#pragma once

#include <filesystem>

#include "checklist/float_network.h"
#include "checklist/stage.h"

namespace lockstep::checklist {

inline constexpr const char* kFrameworkStage = "float model against the original framework";

// `folder`: .npy or .bin (float32) files named after tensors or outputs of the network, for the same picture. `array`:
// what the framework was fed with; empty: what the model makes of the picture. Throws BadInput that names a file.
Stage CheckFramework(const ModelAndData& given, const PictureInput& input, const std::filesystem::path& folder,
                     const std::filesystem::path& array);

}  // namespace lockstep::checklist
