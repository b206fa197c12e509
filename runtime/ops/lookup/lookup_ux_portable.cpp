#include <type_traits>

#include "gemm/unroll.h"
#include "ops/common/byte_table.h"
#include "ops/common/elements.h"

namespace lockstep::kernels {
namespace {

constexpr int kTogether = 8;  // loads that do not wait for each other's stores

template <typename In, typename Out>
void LookUpAll(const uint8_t* table, const In* x, Out* y, ptrdiff_t count) {
  ptrdiff_t i = 0;
  for (; i + kTogether <= count; i += kTogether) {
    Out values[kTogether];
    Unroll<kTogether>([&](auto k) { values[k] = TableEntry<Out>(table, x[i + k]); });
    Unroll<kTogether>([&](auto k) { y[i + k] = values[k]; });
  }
  for (; i < count; ++i) y[i] = TableEntry<Out>(table, x[i]);
}

}  // namespace

void lookup_ux_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const uint8_t* table = args.layer->options_as_Lookup()->table()->data();
  const TensorView& input = args.inputs[0];
  const TensorView& output = args.outputs[0];
  WithActivationType(input.dtype, [&](auto* in) {
    WithActivationType(output.dtype, [&](auto* out) {
      const auto* x = reinterpret_cast<decltype(in)>(input.data);
      auto* y = reinterpret_cast<decltype(out)>(output.data);
      ForEachStretch(input, output, ElementsOf(output, begin, end), [&](int64_t from, int64_t to, int64_t count) {
        LookUpAll(table, x + from, y + to, static_cast<ptrdiff_t>(count));
      });
    });
  });
}

}  // namespace lockstep::kernels
