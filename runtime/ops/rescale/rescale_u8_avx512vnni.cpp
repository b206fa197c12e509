#include "ops/common/byte_rows.h"
#include "ops/rescale/rescale.h"

namespace lockstep::kernels {

bool AcceptsRescaleBytes(const LayerArgs& args) { return AreBytes(args); }

void rescale_u8_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  ForEachByteRow(args, begin, end, [&](const ByteRows& rows) { LookUpRows512(args.state, rows); });
}

}  // namespace lockstep::kernels
