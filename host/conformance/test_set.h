// ONNX's conformance data as Debian's libonnx-testdata installs it: a folder for each set, in it one for each model.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "conformance/test_case.h"

namespace lockstep::conformance {

inline constexpr const char* kInstalledData = "/usr/share/libonnx-testdata/data";
// Those whose models come with their data.
inline constexpr const char* kSets[] = {"pytorch-converted", "pytorch-operator", "simple", "node"};

// Results by name for the models that `filter` (with * and ?, "": all) matches. Throws BadInput for a folder that is
// not there.
std::vector<Result> RunSet(const std::filesystem::path& set, const std::string& filter);

}  // namespace lockstep::conformance
