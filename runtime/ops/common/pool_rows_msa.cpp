#include "arithmetic/lanes_msa.h"
#include "ops/common/pool_rows_lanes.h"

namespace lockstep::kernels {

void MaxPoolRowMsa(const PoolRow& row, uint8_t* columns) { MaxPoolLanes(row, columns); }

}  // namespace lockstep::kernels
