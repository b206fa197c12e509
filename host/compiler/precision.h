// More bits for the few values whose 8 bits cost the outputs most, where nothing was said of them.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "compiler/build_config.h"
#include "compiler/front.h"
#include "judge/output_error.h"
#include "quantize/quantize.h"
#include "sensitivity/raise.h"

namespace lockstep::compiler {

struct RaiseResult {
  sensitivity::RaisePlan plan;
  bool kept = false;            // the outputs became better by it
  judge::OutputMetrics before;  // on runs that the calibration did not use, as far as there are any
  judge::OutputMetrics after;
};

// Whether the settings leave it to the build which values get more bits.
bool LeavesPrecisionOpen(const BuildConfig& config);

// Ranks by one run what each rounding costs (sensitivity/raise.h), decides anew with more bits for the worst, lowers
// with `lower`, and keeps that in `quantized` and `model` if the outputs of the integer model itself are better by it.
RaiseResult RaisePrecision(const graph::Graph& graph, const quantize::QuantizeOptions& options,
                           const quantize::Calibration& observed, const Calibration& calibration,
                           const std::function<std::vector<uint8_t>(const quantize::QuantizedGraph&)>& lower,
                           quantize::QuantizedGraph& quantized, std::vector<uint8_t>& model);

}  // namespace lockstep::compiler
