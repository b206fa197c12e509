#include "ops/interpolate/interpolate_lines.h"

namespace lockstep::kernels {

void interpolate_ux_neon(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  InterpolateLines(args, begin, end, scratch, SumRowsNeon, SumPixelsNeon);
}

}  // namespace lockstep::kernels
