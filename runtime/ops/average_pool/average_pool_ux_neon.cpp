#include "ops/average_pool/average_pool_lines.h"

namespace lockstep::kernels {

void average_pool_ux_neon(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  AverageLines(args, begin, end, scratch, SumRowsNeon, SumPixelsNeon);
}

}  // namespace lockstep::kernels
