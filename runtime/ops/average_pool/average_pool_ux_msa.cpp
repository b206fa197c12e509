#include "ops/average_pool/average_pool_lines.h"

namespace lockstep::kernels {

void average_pool_ux_msa(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  AverageLines(args, begin, end, scratch, SumRowsMsa, SumPixelsMsa);
}

}  // namespace lockstep::kernels
