// Compiled for AVX-512; see depthwise_rows_u8s8_avx512vnni.cpp.
#include "ops/common/float_lanes_avx512.h"
#include "ops/depthwise_conv/float_pixel_lanes.h"

namespace lockstep::kernels {

void FloatPixel512(const FloatWindow& window) { RunFloatPixel(window); }

}  // namespace lockstep::kernels
