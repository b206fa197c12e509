// From a build's settings to the sensitivity of its nodes.
#pragma once

#include <functional>
#include <vector>

#include "compiler/build_config.h"
#include "sensitivity/sensitivity.h"

namespace lockstep::compiler {

struct SensitivityRun {
  std::vector<sensitivity::Trial> trials;
  std::vector<std::string> pictures;  // labels of what was measured with
  bool held_back = false;             // the calibration did not use them
};

// Corrects the network and calibrates as the build does, and measures on `pictures` further runs of the same data.
// `stage` and `progress` may be null. Throws UsageError for settings that act behind that: adaptive_rounding,
// bias_correction for features, export_qdq, and for from_calibration.
SensitivityRun MeasureSensitivity(const BuildConfig& config, sensitivity::Part part, int pictures,
                                  const std::function<void(const std::string&)>& stage,
                                  const sensitivity::Progress& progress);

}  // namespace lockstep::compiler
