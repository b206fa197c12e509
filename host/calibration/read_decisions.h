// From quant/calibration.json, perhaps changed by hand, to what quantisation carries out.
#pragma once

#include <string>

#include "calibration/calibration_file.h"
#include "quantize/decisions.h"

namespace lockstep::calibration {

// `options` are those that the calibration was made with. Throws UsageError that begins with `path` and names tensor or
// node and field: for what the network does not have (with the nearest name), entries that are missing, values out of
// range, and what contradicts itself or the network.
quantize::Decisions ReadDecisions(const Json& file, const std::string& path, const graph::Graph& graph,
                                  const quantize::QuantizeOptions& options);

}  // namespace lockstep::calibration
