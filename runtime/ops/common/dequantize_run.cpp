#include "ops/common/dequantize_run.h"

namespace lockstep::kernels {

void DequantizeRun(const TensorView& input, int64_t from, float* to, int64_t count) {
  WithActivationType(input.dtype, [&](auto* tag) {
    const auto* x = reinterpret_cast<decltype(tag)>(input.data) + from;
    const float scale = input.scale;
    const int32_t zero = input.zero_point;
    for (int64_t i = 0; i < count; ++i) to[i] = scale * static_cast<float>(x[i] - zero);
  });
}

}  // namespace lockstep::kernels
