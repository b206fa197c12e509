#include "ops/common/binary_runs.h"
#include "ops/mul/mul.h"

namespace lockstep::kernels {

void mul_ux_msa(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  ForEachBinaryRun(args, begin, end, MulConstantsOf(args), MulRunMsa);
}

}  // namespace lockstep::kernels
