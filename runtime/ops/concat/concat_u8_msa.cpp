#include "ops/concat/concat_rows.h"

namespace lockstep::kernels {

bool AcceptsConcatMsa(const LayerArgs& args) { return AreBytes(args); }

void concat_u8_msa(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  ConcatBytes(args, begin, end, CopyRowsMsa, LookUpRowsMsa);
}

}  // namespace lockstep::kernels
