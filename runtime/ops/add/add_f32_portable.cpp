#include "ops/common/binary_floats.h"

namespace lockstep::kernels {

void add_f32_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  if (args.layer->options_as_Add()->subtract()) {
    RunBinaryFloats(args, begin, end, [](float a, float b) { return a - b; });
  } else {
    RunBinaryFloats(args, begin, end, [](float a, float b) { return a + b; });
  }
}

}  // namespace lockstep::kernels
