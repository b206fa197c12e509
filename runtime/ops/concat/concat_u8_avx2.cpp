#include "ops/concat/concat_rows.h"

namespace lockstep::kernels {

void concat_u8_avx2(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  ConcatIntegers(args, begin, end, CopyRowsAvx2, LookUpRowsAvx2, nullptr);
}

}  // namespace lockstep::kernels
