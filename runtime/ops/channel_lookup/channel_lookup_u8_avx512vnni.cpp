#include "ops/channel_lookup/channel_lookup.h"
#include "ops/channel_lookup/channel_rows.h"
#include "ops/common/byte_rows.h"

namespace lockstep::kernels {

bool AcceptsChannelLookup512(const LayerArgs& args) { return AreBytes(args); }

void channel_lookup_u8_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const TensorView& x = args.inputs[0];
  const TensorView& y = args.outputs[0];
  const int64_t channels = RowLength(y);
  // Whole pixels: those that begin within the range.
  const ElementRange range = ElementsOf(y, begin, end);
  const int64_t first = (range.first + channels - 1) / channels;
  const int64_t last = (range.last + channels - 1) / channels;
  LookUpChannels512({args.layer->options_as_ChannelLookup()->table()->data(), x.data + first * x.pitch, x.pitch,
                     y.data + first * y.pitch, y.pitch, last - first, channels});
}

}  // namespace lockstep::kernels
