// The prepare steps that several operators share, and what the others measure their layers with.
#pragma once

#include <cstdint>

#include "ops/operator.h"

namespace lockstep::kernels {

PrepareFunction PrepareElements;   // units of kElementsPerUnit output elements
PrepareFunction PrepareImageRows;  // a unit is one row of an output image

// Threads share the channels of a layer with many weights and fewer pixels, so that each reads few of the weights. Else
// they share the pixels: a thread then reads what it wrote itself, and all of a line of the cache is written by one.
inline constexpr int64_t kManyPixels = 128;

int64_t ImageRows(const TensorView& view);
int64_t OuterElements(const TensorView& view, int32_t axis);  // product of the extents before the axis
uint64_t Aligned(int64_t bytes);                              // to 64

}  // namespace lockstep::kernels
