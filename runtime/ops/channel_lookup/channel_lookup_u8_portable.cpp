#include "ops/common/elements.h"

namespace lockstep::kernels {

void channel_lookup_u8_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  constexpr int64_t kEntries = 256;
  const uint8_t* tables = args.layer->options_as_ChannelLookup()->table()->data();
  const TensorView& input = args.inputs[0];
  const TensorView& output = args.outputs[0];
  const ElementRange range = ElementsOf(output, begin, end);
  const int64_t channels = RowLength(output);
  int64_t channel = range.first % channels;
  ForEachStretch(input, output, range, [&](int64_t from, int64_t to, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
      output.data[to + i] = tables[channel * kEntries + input.data[from + i]];
      if (++channel == channels) channel = 0;
    }
  });
}

}  // namespace lockstep::kernels
