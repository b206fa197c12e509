#include "arithmetic/lanes_neon.h"
#include "ops/transpose/transpose_lanes.h"

namespace lockstep::kernels {

void TransposeBytesNeon(const BytePlane& plane) { TransposeLanes(plane); }

}  // namespace lockstep::kernels
