#include "ops/common/elements.h"

namespace lockstep::kernels {

void channel_lookup_u8_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  constexpr int64_t kEntries = 256;
  const uint8_t* tables = args.layer->options_as_ChannelLookup()->table()->data();
  const ElementRange range = ElementsOf(args.outputs[0], begin, end);
  const int64_t channels = args.outputs[0].shape[args.outputs[0].rank - 1];
  const uint8_t* x = args.inputs[0].data;
  int64_t channel = range.first % channels;
  for (int64_t i = range.first; i < range.last; ++i) {
    args.outputs[0].data[i] = tables[channel * kEntries + x[i]];
    if (++channel == channels) channel = 0;
  }
}

}  // namespace lockstep::kernels
