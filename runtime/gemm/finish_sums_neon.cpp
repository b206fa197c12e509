#include "arithmetic/lanes_neon.h"
#include "gemm/finish_sums_lanes.h"

namespace lockstep::kernels {

void FinishSumsNeon(const SumsRow& row) { FinishLanes(row); }

}  // namespace lockstep::kernels
