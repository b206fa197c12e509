#include "ops/common/byte_rows.h"
#include "ops/lookup/lookup.h"

namespace lockstep::kernels {

bool AcceptsLookupBytes(const LayerArgs& args) { return AreBytes(args); }

void lookup_u8_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const uint8_t* table = args.layer->options_as_Lookup()->table()->data();
  ForEachByteRow(args, begin, end, [=](const ByteRows& rows) { LookUpRows512(table, rows); });
}

}  // namespace lockstep::kernels
