#include "ops/mat_mul/mat_mul_layer.h"

namespace lockstep::kernels {

void mat_mul_ux_msa(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  RunMatMulRows(args, begin, end, scratch, MatMulRowsMsa);
}

}  // namespace lockstep::kernels
