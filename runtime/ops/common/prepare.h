// The prepare steps that several operators share, and what the others measure their layers with.
#pragma once

#include <cstdint>

#include "ops/operator.h"

namespace lockstep::kernels {

PrepareFunction PrepareElements;   // units of kElementsPerUnit output elements
PrepareFunction PrepareImageRows;  // a unit is one row of an output image

int64_t ImageRows(const TensorView& view);
int64_t OuterElements(const TensorView& view, int32_t axis);  // product of the extents before the axis
uint64_t Aligned(int64_t bytes);                              // to 64

}  // namespace lockstep::kernels
