// Corrections that were made from what pictures or the integer model showed, as a calibration file holds them: section
// `corrections`.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "calibration/calibration_file.h"

namespace lockstep::calibration {

struct HeldCorrections {
  std::vector<double> equalization_factors;                // quantize::EqualizationResult::factors
  std::vector<double> smooth_factors;                      // quantize::SmoothingResult::factors
  std::map<std::string, std::vector<double>> bias_shifts;  // quantize::BiasShift::by_channel, by node
};

void Hold(const HeldCorrections& corrections, Json& file);

// Nothing of a file that has no such section. Throws UsageError for what is not a list of numbers.
HeldCorrections HeldIn(const Json& file, const std::string& path);

}  // namespace lockstep::calibration
