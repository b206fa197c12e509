// Copies of elements in another order, of any element type: Slice and Transpose.
#pragma once

#include "ops/common/strided_walk.h"

namespace lockstep::kernels {

// Output elements [first, last) from where the walk's first input has them.
void StridedCopy(const LayerArgs& args, const StridedWalk& walk, int64_t first, int64_t last);

}  // namespace lockstep::kernels
