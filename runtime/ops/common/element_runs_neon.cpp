#include <cstring>

#include "arithmetic/lanes_neon.h"
#include "ops/common/element_lanes.h"

namespace lockstep::kernels {

void RescaleRowsNeon(const RescaleConstants& constants, const ByteRows& rows) { RescaleLanes(constants, rows); }

void DequantizeRowsNeon(bool wide, int32_t zero_point, float scale, const ByteRows& rows) {
  DequantizeLanes(wide, zero_point, scale, rows);
}

#if !defined(__aarch64__)
// The divisions are VFP's, which NEON of ARMv7 has none of and which keep subnormal numbers. Behind them these make no
// difference.
void QuantizeRowsNeon(const QuantizeConstants& c, const ByteRows& rows) {
  const float32x4_t low = vcvtq_f32_s32(vdupq_n_s32(c.low - c.zero_point));
  const float32x4_t high = vcvtq_f32_s32(vdupq_n_s32(c.high - c.zero_point));
  const float32x4_t rounds = vdupq_n_f32(12582912.0F);  // as f1::RoundToEven
  const int32x4_t zero_point = vdupq_n_s32(c.zero_point);
  const int size = c.wide ? 2 : 1;
  lanes::Elements part;
  for (ptrdiff_t row = 0; row < rows.count; ++row) {
    const auto* from = reinterpret_cast<const float*>(rows.from + row * rows.from_step);
    uint8_t* to = rows.to + row * rows.to_step;
    for (auto left = static_cast<ptrdiff_t>(rows.length); left > 0; left -= lanes::kGroup) {
      float last[lanes::kGroup] = {};
      const float* x = from;
      if (left < lanes::kGroup) {
        std::memcpy(last, from, static_cast<size_t>(left) * sizeof(float));
        x = last;
      }
      lanes::Sixteen y;
      Unroll<4>([&](auto v) {
        const float* const four = x + 4 * v;
        const float32x4_t quotients = {four[0] / c.scale, four[1] / c.scale, four[2] / c.scale, four[3] / c.scale};
        // A NaN becomes 0.
        const auto numbers =
            vreinterpretq_f32_u32(vandq_u32(vreinterpretq_u32_f32(quotients), vceqq_f32(quotients, quotients)));
        const float32x4_t limited = vminq_f32(vmaxq_f32(numbers, low), high);
        y.value[v] = vaddq_s32(vcvtq_s32_f32(vsubq_f32(vaddq_f32(limited, rounds), rounds)), zero_point);
      });
      lanes::StoreSixteen(y, part.Place(to, left), c.wide);
      part.Store(to, left, size);
      from += lanes::kGroup;
      to += lanes::kGroup * size;
    }
  }
}
#endif

}  // namespace lockstep::kernels
