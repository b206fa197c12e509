#include "ops/concat/concat_rows.h"

namespace lockstep::kernels {

bool AcceptsConcatBytes(const LayerArgs& args) { return AreBytes(args); }

void concat_u8_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  ConcatIntegers(args, begin, end, CopyRows512, LookUpRows512, nullptr);
}

}  // namespace lockstep::kernels
