#include "ops/common/float_lanes_vector.h"
#include "ops/depthwise_conv/depthwise_f32.h"
#include "ops/depthwise_conv/float_pixel_lanes.h"

namespace lockstep::kernels {

void depthwise_conv_f32_neon(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  RunFloatPixels(args, begin, end, RunFloatPixel);
}

}  // namespace lockstep::kernels
