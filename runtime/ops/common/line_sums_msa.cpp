#include "arithmetic/lanes_msa.h"
#include "ops/common/line_sums_lanes.h"

namespace lockstep::kernels {

void SumRowsMsa(const RowsToSum& rows) { SumRowsLanes(rows); }
void SumPixelsMsa(const PixelsToSum& pixels) { SumPixelsLanes(pixels); }

}  // namespace lockstep::kernels
