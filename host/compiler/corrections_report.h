// What the corrections did, for the report and in words.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "compiler/adaptive_rounding.h"
#include "compiler/auto_observer.h"
#include "compiler/bias_correction.h"
#include "judge/output_error.h"
#include "quantize/corrections/equalization.h"
#include "quantize/corrections/error_compensation.h"
#include "quantize/corrections/smoothing.h"

namespace lockstep::compiler {

struct CorrectionText {
  nlohmann::ordered_json json;
  std::vector<std::string> notes;
};

CorrectionText Describe(const AutoObserverResult& result);  // of which something was judged
CorrectionText Describe(const quantize::EqualizationResult& result);
CorrectionText Describe(const quantize::SmoothingResult& result);
CorrectionText Describe(const quantize::CompensationResult& result);
CorrectionText Describe(const AdaptiveRoundingResult& result);
CorrectionText Describe(const BiasCorrectionResult& result);

// SQNR of each part of the outputs before and after something was done about it.
nlohmann::ordered_json BeforeAndAfter(const judge::OutputMetrics& before, const judge::OutputMetrics& after);

}  // namespace lockstep::compiler
