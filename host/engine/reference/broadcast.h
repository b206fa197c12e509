// Operands of different shapes, element by element.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/reference/layer_run.h"

namespace lockstep::engine {

// Two operands; an axis has the output's extent or 1, and one that an operand lacks is an outer one.
bool FitsBroadcast(const LayerRun& run);

// The elements of an operand, repeated to the shape of the output, less the zero point.
std::vector<int32_t> BroadcastDifferences(const Operand& operand, const joint::Tensor& output);

}  // namespace lockstep::engine
