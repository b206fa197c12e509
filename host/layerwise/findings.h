// What stands out in an analysis, in words, and what to do about it.
#pragma once

#include <vector>

#include "layerwise/analysis.h"

namespace lockstep::layerwise {

// Inputs first, then layers that are bad by themselves, the worst first, those whose two kinds of arithmetic are apart,
// in the order of execution, and the weakest output. NaN of the float network alone, beside the inputs.
std::vector<Finding> FindingsOf(const Analysis& analysis, const quantize::QuantizedGraph& quantized);

}  // namespace lockstep::layerwise
