// A build that goes on from a calibration file: its settings, and what it quantises.
#pragma once

#include <string>

#include "calibration/calibration_file.h"
#include "compiler/build_config.h"
#include "quantize/quantize.h"

namespace lockstep::compiler {

// `given` with the settings that the file was made with, if it names one in from_calibration. Pictures are taken only
// if `given` has them: to judge the model, not to calibrate. Throws UsageError for a setting that decides what the file
// has decided and that says otherwise.
settings::Json WithCalibrationFile(const settings::Json& given, const std::string& source);

// Whether the file that a build writes has a section `corrections`.
bool HoldsCorrections(const BuildConfig& config);

// What the file says, carried out. Throws as calibration::ReadDecisions, and UsageError if it was made of another
// network than the one with `digest`.
quantize::QuantizedGraph QuantizeFromFile(const BuildConfig& config, const graph::Graph& graph,
                                          const quantize::QuantizeOptions& options, const std::string& digest,
                                          const calibration::Json& file);

}  // namespace lockstep::compiler
