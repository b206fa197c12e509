#include "arithmetic/lanes_neon.h"
#include "ops/common/pool_rows_lanes.h"

namespace lockstep::kernels {

void MaxPoolRowNeon(const PoolRow& row, uint8_t* columns) { MaxPoolLanes(row, columns); }

}  // namespace lockstep::kernels
