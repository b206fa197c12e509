#include "ops/slice/slice_rows.h"

namespace lockstep::kernels {

void slice_any_msa(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  SliceRows(args, begin, end, CopyRowsMsa);
}

}  // namespace lockstep::kernels
