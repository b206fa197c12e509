#include "arithmetic/lanes_msa.h"
#include "ops/layer_normalization/normalise_lanes.h"

namespace lockstep::kernels {

RowSums SumRowMsa(const uint8_t* x, bool wide, int64_t n) { return SumLanes(x, wide, n); }
void NormaliseRowMsa(const NormalisedRow& row) { NormaliseLanes(row); }

}  // namespace lockstep::kernels
