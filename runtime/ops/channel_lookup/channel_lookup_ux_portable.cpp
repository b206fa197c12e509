#include <type_traits>

#include "ops/common/byte_table.h"
#include "ops/common/elements.h"

namespace lockstep::kernels {
namespace {

// A picture's pixels, with the tables of three channels side by side.
void LookUpPixels(const uint8_t* tables, const uint8_t* x, uint8_t* y, ptrdiff_t pixels) {
  constexpr int kEntries = 256;
  for (const uint8_t* const end = x + 3 * pixels; x != end; x += 3, y += 3) {
    const uint8_t first = tables[x[0]];
    const uint8_t second = tables[kEntries + x[1]];
    const uint8_t third = tables[2 * kEntries + x[2]];
    y[0] = first;
    y[1] = second;
    y[2] = third;
  }
}

}  // namespace

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
        int64_t i = 0;
        if constexpr (sizeof *x == 1 && sizeof *y == 1) {
          if (channels == 3 && channel == 0) {
            LookUpPixels(tables, x + from, y + to, static_cast<ptrdiff_t>(count / 3));
            i = count / 3 * 3;
          }
        }
        for (; i < count; ++i) {
          y[to + i] = TableEntry<std::remove_pointer_t<decltype(out)>>(tables, channel * entries + x[from + i]);
          if (++channel == channels) channel = 0;
        }
      });
    });
  });
}

}  // namespace lockstep::kernels
