// From a build's settings to the sensitivity of its nodes.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "compiler/build_config.h"
#include "sensitivity/sensitivity.h"

namespace lockstep::compiler {

struct SensitivityOptions {
  sensitivity::Part part = sensitivity::Part::kNode;
  int pictures = 8;
  std::filesystem::path state;  // keeps results, so that an interrupted measurement goes on; empty: none
};

struct SensitivityRun {
  std::vector<sensitivity::Trial> trials;
  std::vector<std::string> pictures;  // labels of what was measured with
  bool held_back = false;             // the calibration did not use them
  int known = 0;                      // results, by node and picture, that `state` had
};

// Corrects the network and calibrates as the build does, and measures on `pictures` further runs of the same data.
// `stage` and `progress` may be null. Throws UsageError for settings that act behind that: adaptive_rounding,
// bias_correction for features, export_qdq, and for from_calibration.
SensitivityRun MeasureSensitivity(const BuildConfig& config, const SensitivityOptions& wanted,
                                  const std::function<void(const std::string&)>& stage,
                                  const sensitivity::Progress& progress);

}  // namespace lockstep::compiler
