#include "arithmetic/lanes_neon.h"
#include "ops/layer_normalization/normalise_lanes.h"

namespace lockstep::kernels {

RowSums SumRowNeon(const uint8_t* x, bool wide, int64_t n) { return SumLanes(x, wide, n); }
void NormaliseRowNeon(const NormalisedRow& row) { NormaliseLanes(row); }

}  // namespace lockstep::kernels
