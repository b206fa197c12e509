#include "ops/concat/concat_rows.h"

namespace lockstep::kernels {

bool AcceptsConcatNeon(const LayerArgs& args) { return AreBytes(args); }

void concat_u8_neon(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  ConcatBytes(args, begin, end, CopyRowsNeon, LookUpRowsNeon);
}

}  // namespace lockstep::kernels
