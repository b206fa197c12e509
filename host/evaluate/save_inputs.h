// The inputs of an evaluation as files, for programs that compute outputs elsewhere.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "evaluate/picture_runs.h"
#include "evaluate/side_info.h"

namespace lockstep::evaluate {

// Each picture of each variant as `folder`/VARIANT/NAME: `floats`: .npy, float32 in ONNX order as the network takes it;
// else .bin, the bytes that run_joint takes. The batch is filled with the one picture. `names` by picture.
void SaveInputs(const SideInfo& info, bool floats, const std::vector<std::string>& pictures,
                const std::vector<std::string>& names, const std::vector<input::PictureVariant>& variants,
                const std::filesystem::path& folder, const std::function<void(int done, int total)>& advance);

}  // namespace lockstep::evaluate
