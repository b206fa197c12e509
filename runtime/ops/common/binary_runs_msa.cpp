#include "arithmetic/lanes_msa.h"
#include "ops/common/binary_lanes.h"

namespace lockstep::kernels {

void AddRunMsa(const AddConstants& constants, const BinaryRun& run) { AddLanes(constants, run); }
void MulRunMsa(const MulConstants& constants, const BinaryRun& run) { MulLanes(constants, run); }

void PReluRunMsa(const PReluConstants& constants, const BinaryRun& run) { PReluLanes(constants, run); }

}  // namespace lockstep::kernels
