#include "ops/add/add.h"
#include "ops/common/binary_runs.h"

namespace lockstep::kernels {

void add_ux_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  ForEachBinaryRun(args, begin, end, AddConstantsOf(args), AddRun512);
}

}  // namespace lockstep::kernels
