#include "ops/softmax/softmax.h"
#include "ops/softmax/softmax_rows.h"

namespace lockstep::kernels {

void softmax_ux_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  SoftmaxRows512(SoftmaxRowsOf(args, begin, end));
}

}  // namespace lockstep::kernels
