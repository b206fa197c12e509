#include "ops/common/float_elements.h"
#include "ops/layer_normalization/layer_normalization.h"

namespace lockstep::kernels {

// A unit is one row; its differences to the mean lie in the output until the deviation is known.
void layer_normalization_f32_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const int64_t n = args.inputs[1].elements;
  const auto count = static_cast<float>(n);
  const float epsilon = args.layer->options_as_LayerNormalization()->float_epsilon();
  const float* gamma = Floats(args.inputs[1]);
  const float* beta = Floats(args.inputs[2]);
  for (int64_t row = begin; row < end; ++row) {
    const float* __restrict x = Floats(args.inputs[0]) + row * n;
    float* __restrict y = MutableFloats(args.outputs[0]) + row * n;
    const float mean = SumInLanes(n, [=](int64_t i) { return x[i]; }) / count;
    for (int64_t i = 0; i < n; ++i) y[i] = x[i] - mean;
    const float variance = SumInLanes(n, [=](int64_t i) { return y[i] * y[i]; }) / count;
    const float factor = f1::ReciprocalSqrt(variance + epsilon);
    for (int64_t i = 0; i < n; ++i) f1::Store(y + i, (y[i] * factor) * gamma[i] + beta[i]);
  }
}

}  // namespace lockstep::kernels
