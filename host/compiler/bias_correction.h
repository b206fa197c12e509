// Bias correction for features: measured on the integer model, judged on pictures that it did not see.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "compiler/front.h"
#include "judge/output_error.h"
#include "quantize/corrections/bias_correction.h"
#include "quantize/quantize.h"

namespace lockstep::compiler {

struct BiasCorrectionResult {
  bool kept = false;                        // all of it or nothing
  int rounds = 0;                           // after which the outputs were best
  std::vector<quantize::BiasShift> shifts;  // of that round
  bool held_back = false;                   // no validation run was used for the correction
  size_t correction_runs = 0;
  size_t validation_runs = 0;
  judge::OutputMetrics before;  // on the validation runs
  judge::OutputMetrics after;
};

// The corrections of one layer change what the next ones read: they are measured anew a few times, always as the
// difference from the biases in `quantized`, and the round with the least error of the outputs is kept in `quantized`
// and `model` if it is less than without. Measured and validated is with the runs of ChooseCorrectionRuns. Throws
// UsageError if no node has integer weights.
BiasCorrectionResult CorrectBiases(const graph::Graph& graph, const Calibration& calibration, const BuildConfig& config,
                                   const std::function<std::vector<uint8_t>(const quantize::QuantizedGraph&)>& lower,
                                   quantize::QuantizedGraph& quantized, std::vector<uint8_t>& model);

}  // namespace lockstep::compiler
