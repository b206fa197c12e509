#include "arithmetic/lanes_msa.h"
#include "gemm/finish_sums_lanes.h"

namespace lockstep::kernels {

void FinishSumsMsa(const SumsRow& row) { FinishLanes(row); }

}  // namespace lockstep::kernels
