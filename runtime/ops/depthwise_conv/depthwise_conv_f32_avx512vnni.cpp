#include "ops/depthwise_conv/depthwise_f32.h"

namespace lockstep::kernels {

void depthwise_conv_f32_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  RunFloatPixels(args, begin, end, FloatPixel512);
}

}  // namespace lockstep::kernels
