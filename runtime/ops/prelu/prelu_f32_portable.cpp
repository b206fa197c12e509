#include "ops/common/binary_floats.h"

namespace lockstep::kernels {

void prelu_f32_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  RunBinaryFloats(args, begin, end, [](float x, float slope) { return x < 0.0F ? slope * x : x; });
}

}  // namespace lockstep::kernels
