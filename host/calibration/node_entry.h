// What an entry of a node says.
#pragma once

#include <string>

#include "calibration/calibration_file.h"
#include "quantize/decisions.h"

namespace lockstep::calibration {

struct NodeEntry {
  quantize::NodeDecision decision;
  bool float_changed = false;  // from what stands in `calibrated`
};

// Throws UsageError, beginning with `where`, for unknown fields and values of the wrong kind or out of range.
NodeEntry ReadNodeEntry(const Json& entry, const graph::Node& node, const std::string& where);

}  // namespace lockstep::calibration
