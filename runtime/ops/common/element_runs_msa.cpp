#include "arithmetic/lanes_msa.h"
#include "ops/common/element_lanes.h"

namespace lockstep::kernels {

void RescaleRowsMsa(const RescaleConstants& constants, const ByteRows& rows) { RescaleLanes(constants, rows); }

}  // namespace lockstep::kernels
