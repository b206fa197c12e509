#include <type_traits>

#include "ops/common/byte_table.h"
#include "ops/common/elements.h"

namespace lockstep::kernels {

void channel_lookup_ux_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const uint8_t* tables = args.layer->options_as_ChannelLookup()->table()->data();
  const TensorView& input = args.inputs[0];
  const TensorView& output = args.outputs[0];
  const int64_t entries = TableEntries(input);
  const ElementRange range = ElementsOf(output, begin, end);
  const int64_t channels = RowLength(output);
  WithActivationType(input.dtype, [&](auto* in) {
    WithActivationType(output.dtype, [&](auto* out) {
      const auto* x = reinterpret_cast<decltype(in)>(input.data);
      auto* y = reinterpret_cast<decltype(out)>(output.data);
      int64_t channel = range.first % channels;
      ForEachStretch(input, output, range, [&](int64_t from, int64_t to, int64_t count) {
        for (int64_t i = 0; i < count; ++i) {
          y[to + i] = TableEntry<std::remove_pointer_t<decltype(out)>>(tables, channel * entries + x[from + i]);
          if (++channel == channels) channel = 0;
        }
      });
    });
  });
}

}  // namespace lockstep::kernels
