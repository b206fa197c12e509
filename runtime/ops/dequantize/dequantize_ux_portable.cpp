#include <cfloat>

#include "ops/common/dequantize_run.h"
#include "ops/dequantize/dequantize.h"

namespace lockstep::kernels {

// No product with a whole number but 0 is subnormal, or a NaN.
bool HasPlainScale(const LayerArgs& args) {
  const float scale = args.inputs[0].scale;
  return scale >= FLT_MIN && scale <= FLT_MAX;
}

void dequantize_ux_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const TensorView& input = args.inputs[0];
  const TensorView& output = args.outputs[0];
  ForEachStretch(input, output, ElementsOf(output, begin, end), [&](int64_t from, int64_t to, int64_t count) {
    DequantizeRun(input, from, reinterpret_cast<float*>(output.data) + to, count);
  });
}

}  // namespace lockstep::kernels
