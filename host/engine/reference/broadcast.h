// Operands of different shapes, element by element.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/reference/layer_run.h"

namespace lockstep::engine {

// Two operands; an axis has the output's extent or 1, and one that an operand lacks is an outer one.
bool FitsBroadcast(const LayerRun& run);  // of quantised tensors
bool IsBroadcast(const LayerRun& run);    // of any; the shapes alone

// Where each element of the output has its own in a tensor that is repeated to the output's shape.
std::vector<size_t> BroadcastIndices(const joint::Tensor& tensor, const joint::Tensor& output);

// The elements of an operand, repeated to the shape of the output, less the zero point.
std::vector<int32_t> BroadcastDifferences(const Operand& operand, const joint::Tensor& output);

}  // namespace lockstep::engine
