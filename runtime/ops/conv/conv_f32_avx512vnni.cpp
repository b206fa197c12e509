#include "ops/conv/conv.h"
#include "ops/conv/conv_f32.h"

namespace lockstep::kernels {

void conv_f32_avx512vnni(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  RunFloatConv(args, begin, end, scratch, FloatRow512, kFloatBlockChannels);
}

}  // namespace lockstep::kernels
