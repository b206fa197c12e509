#include "ops/softmax/softmax.h"
#include "ops/softmax/softmax_rows.h"

namespace lockstep::kernels {

void softmax_ux_avx2(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  SoftmaxRows rows = SoftmaxRowsOf(args, begin, end);
  rows.scratch = reinterpret_cast<uint32_t*>(scratch);
  SoftmaxRowsAvx2(rows);
}

}  // namespace lockstep::kernels
