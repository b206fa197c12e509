#include "ops/dequantize/dequantize_rows.h"

namespace lockstep::kernels {

void dequantize_ux_msa(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  DequantizeStretches(args, begin, end, DequantizeRowsMsa);
}

}  // namespace lockstep::kernels
