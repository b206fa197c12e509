// Weights of a transposed convolution in the order in which the kernels read them (docs/model-format.md).
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "lower/weight_packing.h"

namespace lockstep::lower {

// int16_t and float: from ONNX order (ic of all groups, oc of a group, kh, kw) to that of a convolution,
// `shape`: (oc, ic of a group, kh, kw).
template <typename Weight>
std::vector<Weight> AsConvolution(const std::vector<Weight>& weights, const WeightShape& shape);

// The weights of output phase (row, column) as those of a convolution of stride 1: every stride-th tap from the phase's
// number on, in reverse. A phase without taps has one, of zeros.
std::pair<std::vector<int16_t>, WeightShape> PhaseOf(const std::vector<int16_t>& weights, const WeightShape& shape,
                                                     const int32_t (&stride)[2], int32_t row, int32_t column);

}  // namespace lockstep::lower
