#include "arithmetic/lanes_neon.h"
#include "ops/mat_mul/mat_mul_lanes.h"

namespace lockstep::kernels {

void MatMulRowsNeon(const MatMulRows& rows) { MultiplyLanes(rows); }

}  // namespace lockstep::kernels
