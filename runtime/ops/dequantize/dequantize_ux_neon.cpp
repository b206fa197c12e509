#include "ops/dequantize/dequantize_rows.h"

namespace lockstep::kernels {

void dequantize_ux_neon(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  DequantizeStretches(args, begin, end, DequantizeRowsNeon);
}

}  // namespace lockstep::kernels
