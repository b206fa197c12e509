#include "ops/common/plane_walk.h"
#include "ops/transpose/transpose_planes.h"

namespace lockstep::kernels {

bool AcceptsTranspose512(const LayerArgs& args) {
  const StridedWalk walk = TransposeWalk(args);
  return SwapsLastAxes(args, walk) || HasRows(walk);
}

void transpose_ux_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const StridedWalk walk = TransposeWalk(args);
  if (!SwapsLastAxes(args, walk)) return CopyPlanes512(args, walk, ElementsOf(args.outputs[0], begin, end));
  TransposePlanes(args, walk, ElementsOf(args.outputs[0], begin, end), TransposeBytes512);
}

}  // namespace lockstep::kernels
