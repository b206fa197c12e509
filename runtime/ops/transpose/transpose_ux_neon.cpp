#include "ops/transpose/transpose_planes.h"

namespace lockstep::kernels {

void transpose_ux_neon(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  TransposePlanes(args, begin, end, TransposeBytesNeon, CopyRowsNeon);
}

}  // namespace lockstep::kernels
