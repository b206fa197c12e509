#include "arithmetic/lanes_neon.h"
#include "ops/common/line_sums_lanes.h"

namespace lockstep::kernels {

void SumRowsNeon(const RowsToSum& rows) { SumRowsLanes(rows); }
void SumPixelsNeon(const PixelsToSum& pixels) { SumPixelsLanes(pixels); }

}  // namespace lockstep::kernels
