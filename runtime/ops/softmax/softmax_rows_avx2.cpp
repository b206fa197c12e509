#include "arithmetic/lanes_avx2.h"
#include "ops/softmax/softmax_lanes.h"

namespace lockstep::kernels {

void SoftmaxRowsAvx2(const SoftmaxRows& rows) { SoftmaxLanes(rows); }

}  // namespace lockstep::kernels
