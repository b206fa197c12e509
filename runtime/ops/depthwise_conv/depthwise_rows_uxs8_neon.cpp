#include "arithmetic/lanes_neon.h"
#include "ops/depthwise_conv/depthwise_lanes.h"

namespace lockstep::kernels {

void depthwise_rows_uxs8_neon(const DepthwiseLayer& layer, int64_t begin, int64_t end) {
  RunDepthwiseLanes(layer, begin, end);
}

}  // namespace lockstep::kernels
