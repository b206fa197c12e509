#include "ops/channel_lookup/channel_lookup.h"
#include "ops/channel_lookup/channel_rows.h"
#include "ops/common/byte_rows.h"

namespace lockstep::kernels {

bool AcceptsChannelLookup512(const LayerArgs& args) { return AreBytes(args); }

void channel_lookup_u8_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  LookUpChannels512(ChannelRowsOf(args, begin, end));
}

}  // namespace lockstep::kernels
