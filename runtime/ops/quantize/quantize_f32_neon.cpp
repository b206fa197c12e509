#include "ops/quantize/quantize_rows.h"

namespace lockstep::kernels {

void quantize_f32_neon(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  QuantizeStretches(args, begin, end, QuantizeRowsNeon);
}

}  // namespace lockstep::kernels
