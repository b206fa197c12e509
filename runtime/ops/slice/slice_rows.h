// Slice for kernels of an instruction set, which copy rows.
#pragma once

#include "ops/common/plane_walk.h"
#include "ops/slice/slice.h"
#include "ops/slice/slice_walk.h"

namespace lockstep::kernels {

inline void SliceRows(const LayerArgs& args, int64_t begin, int64_t end, CopyRowsFunction* copy) {
  if (IsSliceWithin(args)) return;
  CopyPlanes(args, SliceWalk(args), ElementsOf(args.outputs[0], begin, end), copy);
}

}  // namespace lockstep::kernels
