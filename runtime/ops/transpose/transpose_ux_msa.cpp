#include "ops/transpose/transpose_planes.h"

namespace lockstep::kernels {

void transpose_ux_msa(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  TransposePlanes(args, TransposeWalk(args), ElementsOf(args.outputs[0], begin, end), TransposeBytesMsa);
}

}  // namespace lockstep::kernels
