// Adaptive rounding of weights, kept where the outputs are better by it, on pictures that it did not see as far as
// there are any.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "compiler/front.h"
#include "judge/output_error.h"
#include "quantize/corrections/adaptive_rounding.h"
#include "quantize/quantize.h"

namespace lockstep::compiler {

struct AdaptiveRoundingResult {
  bool kept = false;       // all of it or nothing
  bool held_back = false;  // judged on runs that it did not see
  std::vector<quantize::RoundedLayer> layers;
  std::vector<std::string> left_out;  // with too many weights by output channel
  judge::OutputMetrics before;        // on the runs that judge
  judge::OutputMetrics after;
};

// Fitted and judged with the runs of ChooseCorrectionRuns. Throws UsageError if no convolution has integer weights.
AdaptiveRoundingResult RoundWeights(const graph::Graph& graph, const quantize::Calibration& observed,
                                    const Calibration& calibration, const BuildConfig& config,
                                    const std::function<std::vector<uint8_t>(const quantize::QuantizedGraph&)>& lower,
                                    quantize::QuantizedGraph& quantized, std::vector<uint8_t>& model);

}  // namespace lockstep::compiler
