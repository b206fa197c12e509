#include "ops/common/dequantize_run.h"

namespace lockstep::kernels {

void dequantize_ux_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const TensorView& input = args.inputs[0];
  const TensorView& output = args.outputs[0];
  ForEachStretch(input, output, ElementsOf(output, begin, end), [&](int64_t from, int64_t to, int64_t count) {
    DequantizeRun(input, from, reinterpret_cast<float*>(output.data) + to, count);
  });
}

}  // namespace lockstep::kernels
