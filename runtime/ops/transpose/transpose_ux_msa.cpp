#include "ops/transpose/transpose_planes.h"

namespace lockstep::kernels {

void transpose_ux_msa(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  TransposePlanes(args, begin, end, TransposeBytesMsa, CopyRowsMsa);
}

}  // namespace lockstep::kernels
