#include "ops/common/byte_rows.h"
#include "ops/lookup/lookup.h"

namespace lockstep::kernels {

void lookup_u8_avx2(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const uint8_t* table = args.layer->options_as_Lookup()->table()->data();
  ForEachByteRow(args, begin, end, [=](const ByteRows& rows) { LookUpRowsAvx2(table, rows); });
}

}  // namespace lockstep::kernels
