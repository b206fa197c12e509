#include <type_traits>

#include "ops/common/elements.h"
#include "ops/common/float_elements.h"

namespace lockstep::kernels {
namespace {

template <typename Out>
void QuantizeRun(const float* __restrict x, Out* __restrict y, int64_t count, const TensorView& output, int32_t low,
                 int32_t high) {
  const float scale = output.scale;
  const int32_t zero_point = output.zero_point;
  for (int64_t i = 0; i < count; ++i) y[i] = static_cast<Out>(f1::Quantize(x[i], scale, zero_point, low, high));
}

}  // namespace

void quantize_f32_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const joint::Quantize& o = *args.layer->options_as_Quantize();
  const TensorView& input = args.inputs[0];
  const TensorView& output = args.outputs[0];
  ForEachStretch(input, output, ElementsOf(output, begin, end), [&](int64_t from, int64_t to, int64_t count) {
    WithActivationType(output.dtype, [&](auto* tag) {
      QuantizeRun(Floats(input) + from, reinterpret_cast<decltype(tag)>(output.data) + to, count, output, o.clamp_low(),
                  o.clamp_high());
    });
  });
}

}  // namespace lockstep::kernels
