#include "ops/common/plane_walk.h"
#include "ops/slice/slice.h"
#include "ops/slice/slice_walk.h"

namespace lockstep::kernels {

bool AcceptsSlice512(const LayerArgs& args) { return IsSliceWithin(args) || HasRows(SliceWalk(args)); }

void slice_any_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  if (IsSliceWithin(args)) return;
  CopyPlanes512(args, SliceWalk(args), ElementsOf(args.outputs[0], begin, end));
}

}  // namespace lockstep::kernels
