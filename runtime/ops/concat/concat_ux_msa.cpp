#include "ops/concat/concat_rows.h"

namespace lockstep::kernels {

void concat_ux_msa(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  ConcatIntegers(args, begin, end, CopyRowsMsa, LookUpRowsMsa, RescaleRowsMsa);
}

}  // namespace lockstep::kernels
