// Compiled for AVX-512; see mat_mul_bytes_avx512.cpp.
#include "ops/common/float_lanes_avx512.h"
#include "ops/mat_mul/mat_mul_floats_lanes.h"

namespace lockstep::kernels {

void MultiplyFloats512(const MatMulFloats& tile) { RunMatMulFloats(tile); }

}  // namespace lockstep::kernels
