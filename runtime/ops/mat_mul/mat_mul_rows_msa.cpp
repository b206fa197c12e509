#include "arithmetic/lanes_msa.h"
#include "ops/mat_mul/mat_mul_lanes.h"

namespace lockstep::kernels {

void MatMulRowsMsa(const MatMulRows& rows) { MultiplyLanes(rows); }

}  // namespace lockstep::kernels
