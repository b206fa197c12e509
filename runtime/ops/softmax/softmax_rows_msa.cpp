#include "arithmetic/lanes_msa.h"
#include "ops/softmax/softmax_lanes.h"

namespace lockstep::kernels {

void SoftmaxRowsMsa(const SoftmaxRows& rows) { SoftmaxLanes(rows); }

}  // namespace lockstep::kernels
