#include "arithmetic/lanes_neon.h"
#include "ops/common/element_lanes.h"

namespace lockstep::kernels {

void RescaleRowsNeon(const RescaleConstants& constants, const ByteRows& rows) { RescaleLanes(constants, rows); }

}  // namespace lockstep::kernels
