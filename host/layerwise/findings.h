// What stands out in an analysis, in words, and what to do about it.
#pragma once

#include <vector>

#include "layerwise/analysis.h"

namespace lockstep::layerwise {

// Inputs first, then layers in the order of execution, then the whole.
std::vector<Finding> FindingsOf(const Analysis& analysis, const quantize::QuantizedGraph& quantized);

}  // namespace lockstep::layerwise
