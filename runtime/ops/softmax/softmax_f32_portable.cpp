#include <algorithm>

#include "arithmetic/f1_exponential.h"
#include "ops/common/float_elements.h"

namespace lockstep::kernels {
namespace {

float Maximum(const float* x, int64_t count) {
  int32_t key = INT32_MIN;
  for (int64_t i = 0; i < count; ++i) key = std::max(key, f1::OrderKey(x[i]));
  return f1::FromOrderKey(key);
}

void Exponentials(const float* __restrict x, float maximum, float* __restrict e, int64_t count) {
  for (int64_t i = 0; i < count; ++i) e[i] = f1::Exp(x[i] - maximum);
}

}  // namespace

// A unit is one row; its exponentials lie in the output until the sum is known.
void softmax_f32_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const int64_t length = RowLength(args.outputs[0]);
  for (int64_t row = begin; row < end; ++row) {
    const float* x = Floats(args.inputs[0]) + row * args.inputs[0].pitch;
    float* y = MutableFloats(args.outputs[0]) + row * args.outputs[0].pitch;
    Exponentials(x, Maximum(x, length), y, length);
    const float sum = SumInLanes(length, [=](int64_t i) { return y[i]; });
    for (int64_t i = 0; i < length; ++i) f1::Store(y + i, y[i] / sum);
  }
}

}  // namespace lockstep::kernels
