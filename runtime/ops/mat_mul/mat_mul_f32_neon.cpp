#include "ops/common/float_lanes_vector.h"
#include "ops/mat_mul/mat_mul_floats_lanes.h"
#include "ops/mat_mul/mat_mul_layer.h"

namespace lockstep::kernels {

void mat_mul_f32_neon(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  MultiplyMatrices(args, begin, end, RunMatMulFloats);
}

}  // namespace lockstep::kernels
