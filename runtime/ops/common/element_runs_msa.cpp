#include "arithmetic/lanes_msa.h"
#include "ops/common/element_lanes.h"

namespace lockstep::kernels {

void RescaleRowsMsa(const RescaleConstants& constants, const ByteRows& rows) { RescaleLanes(constants, rows); }

void DequantizeRowsMsa(bool wide, int32_t zero_point, float scale, const ByteRows& rows) {
  DequantizeLanes(wide, zero_point, scale, rows);
}

}  // namespace lockstep::kernels
