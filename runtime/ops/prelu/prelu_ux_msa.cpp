#include "ops/common/binary_runs.h"
#include "ops/prelu/prelu.h"

namespace lockstep::kernels {

void prelu_ux_msa(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  ForEachBinaryRun(args, begin, end, PReluConstantsOf(args), PReluRunMsa);
}

}  // namespace lockstep::kernels
