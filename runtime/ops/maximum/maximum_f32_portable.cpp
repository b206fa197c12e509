#include "ops/common/binary_floats.h"
#include "ops/maximum/maximum.h"

namespace lockstep::kernels {

void maximum_f32_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  if (args.layer->options_as_Maximum()->smallest()) {
    RunBinaryFloats(args, begin, end, [](float a, float b) { return f1::OrderKey(b) < f1::OrderKey(a) ? b : a; });
  } else {
    RunBinaryFloats(args, begin, end, [](float a, float b) { return f1::OrderKey(b) > f1::OrderKey(a) ? b : a; });
  }
}

}  // namespace lockstep::kernels
