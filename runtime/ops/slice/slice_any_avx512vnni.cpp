#include "ops/slice/slice_rows.h"

namespace lockstep::kernels {

void slice_any_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  SliceRows(args, begin, end, CopyRows512);
}

}  // namespace lockstep::kernels
