#include "arithmetic/lanes_neon.h"
#include "ops/common/element_lanes.h"

namespace lockstep::kernels {

void RescaleRowsNeon(const RescaleConstants& constants, const ByteRows& rows) { RescaleLanes(constants, rows); }

void DequantizeRowsNeon(bool wide, int32_t zero_point, float scale, const ByteRows& rows) {
  DequantizeLanes(wide, zero_point, scale, rows);
}

}  // namespace lockstep::kernels
