#include "arithmetic/lanes_msa.h"
#include "ops/transpose/transpose_lanes.h"

namespace lockstep::kernels {

void TransposeBytesMsa(const BytePlane& plane) { TransposeLanes(plane); }

}  // namespace lockstep::kernels
