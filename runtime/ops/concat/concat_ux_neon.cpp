#include "ops/concat/concat_rows.h"

namespace lockstep::kernels {

void concat_ux_neon(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  ConcatIntegers(args, begin, end, CopyRowsNeon, LookUpRowsNeon, RescaleRowsNeon);
}

}  // namespace lockstep::kernels
