#include "ops/common/elements.h"
#include "ops/common/strided_copy.h"
#include "ops/slice/slice.h"
#include "ops/slice/slice_walk.h"

namespace lockstep::kernels {

void slice_any_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  if (IsSliceWithin(args)) return;
  const ElementRange range = ElementsOf(args.outputs[0], begin, end);
  StridedCopy(args, SliceWalk(args), range.first, range.last);
}

}  // namespace lockstep::kernels
