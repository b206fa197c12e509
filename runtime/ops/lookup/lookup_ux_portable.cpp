#include <type_traits>

#include "ops/common/byte_table.h"
#include "ops/common/elements.h"

namespace lockstep::kernels {

void lookup_ux_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const uint8_t* table = args.layer->options_as_Lookup()->table()->data();
  const TensorView& input = args.inputs[0];
  const TensorView& output = args.outputs[0];
  WithActivationType(input.dtype, [&](auto* in) {
    WithActivationType(output.dtype, [&](auto* out) {
      const auto* x = reinterpret_cast<decltype(in)>(input.data);
      auto* y = reinterpret_cast<decltype(out)>(output.data);
      ForEachStretch(input, output, ElementsOf(output, begin, end), [&](int64_t from, int64_t to, int64_t count) {
        const auto* first = x + from;
        auto* written = y + to;
        const auto length = static_cast<ptrdiff_t>(count);
        for (ptrdiff_t i = 0; i < length; ++i) {
          written[i] = TableEntry<std::remove_pointer_t<decltype(out)>>(table, first[i]);
        }
      });
    });
  });
}

}  // namespace lockstep::kernels
