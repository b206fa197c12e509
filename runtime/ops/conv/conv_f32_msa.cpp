#include "ops/common/float_lanes_vector.h"
#include "ops/conv/conv.h"
#include "ops/conv/float_row_lanes.h"

namespace lockstep::kernels {

void conv_f32_msa(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  RunFloatConv(args, begin, end, scratch, RunFloatRow, kFloatBlockChannels);
}

}  // namespace lockstep::kernels
