#include "ops/common/byte_rows.h"
#include "ops/rescale/rescale.h"

namespace lockstep::kernels {

void rescale_u8_avx2(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  ForEachByteRow(args, begin, end, [&](const ByteRows& rows) { LookUpRowsAvx2(args.state, rows); });
}

}  // namespace lockstep::kernels
