#include "ops/common/plane_walk.h"
#include "ops/transpose/transpose_walk.h"

namespace lockstep::kernels {

bool AcceptsTransposePlanes(const LayerArgs& args) {
  const StridedWalk walk = TransposeWalk(args);
  return SwapsLastAxes(args, walk) || HasRows(walk);
}

void transpose_any_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const ElementRange range = ElementsOf(args.outputs[0], begin, end);
  StridedCopy(args, TransposeWalk(args), range.first, range.last);
}

}  // namespace lockstep::kernels
