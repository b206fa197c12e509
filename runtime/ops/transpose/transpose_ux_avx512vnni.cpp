#include "ops/transpose/transpose_planes.h"

namespace lockstep::kernels {

void transpose_ux_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  TransposePlanes(args, begin, end, TransposeBytes512, CopyRows512);
}

}  // namespace lockstep::kernels
