#include "ops/common/plane_walk.h"
#include "ops/slice/slice.h"
#include "ops/slice/slice_walk.h"

namespace lockstep::kernels {

bool AcceptsSliceRows(const LayerArgs& args) { return IsSliceWithin(args) || HasRows(SliceWalk(args)); }

void slice_any_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  if (IsSliceWithin(args)) return;
  const ElementRange range = ElementsOf(args.outputs[0], begin, end);
  StridedCopy(args, SliceWalk(args), range.first, range.last);
}

}  // namespace lockstep::kernels
