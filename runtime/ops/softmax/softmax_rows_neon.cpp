#include "arithmetic/lanes_neon.h"
#include "ops/softmax/softmax_lanes.h"

namespace lockstep::kernels {

void SoftmaxRowsNeon(const SoftmaxRows& rows) { SoftmaxLanes(rows); }

}  // namespace lockstep::kernels
