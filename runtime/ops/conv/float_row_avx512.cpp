// Compiled for AVX-512: it must not use inline functions with external linkage.
#include "ops/common/float_lanes_avx512.h"
#include "ops/conv/float_row_lanes.h"

namespace lockstep::kernels {

void FloatRow512(const FloatTaps& taps, int64_t pixels, const float* w, const float* bias, int64_t count, float* y,
                 int64_t out_step) {
  RunFloatRow(taps, pixels, w, bias, count, y, out_step);
}

}  // namespace lockstep::kernels
