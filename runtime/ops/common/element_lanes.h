// Sixteen elements at a time. A part of the files element_runs_*.cpp that include it behind an instruction set's lanes.
#pragma once

#include "gemm/unroll.h"
#include "ops/common/element_runs.h"

namespace lockstep::kernels {
namespace {

template <bool kShort>
void RescaleLanesOf(const RescaleConstants& c, const ByteRows& rows) {
  const lanes::Limits limits(c.zero_point, 0, c.high);
  const lanes::Words zero = lanes::SplatWords(c.zero_in);
  const lanes::Scale by = lanes::ScaleOf(lanes::SplatWords(c.multiplier), lanes::SplatWords(c.shift));
  const int size_x = c.wide_in ? 2 : 1;
  const int size_y = c.wide_out ? 2 : 1;
  lanes::Elements part_x;
  lanes::Elements part_y;
  for (ptrdiff_t row = 0; row < rows.count; ++row) {
    const uint8_t* from = rows.from + row * rows.from_step;
    uint8_t* to = rows.to + row * rows.to_step;
    for (auto left = static_cast<ptrdiff_t>(rows.length); left > 0; left -= lanes::kGroup) {
      lanes::Sixteen x = lanes::LoadSixteen(part_x.Load(from, left, size_x), c.wide_in, zero);
      Unroll<4>([&](auto v) {
        x.value[v] = limits.Of(kShort ? lanes::RequantizeShort(x.value[v], by) : lanes::RequantizeAny(x.value[v], by));
      });
      lanes::StoreSixteen(x, part_y.Place(to, left), c.wide_out);
      part_y.Store(to, left, size_y);
      from += lanes::kGroup * size_x;
      to += lanes::kGroup * size_y;
    }
  }
}

void RescaleLanes(const RescaleConstants& constants, const ByteRows& rows) {
  constants.shift >= 1 ? RescaleLanesOf<true>(constants, rows) : RescaleLanesOf<false>(constants, rows);
}

void DequantizeLanes(bool wide, int32_t zero_point, float scale, const ByteRows& rows) {
  const int size = wide ? 2 : 1;
  const lanes::Words zero = lanes::SplatWords(zero_point);
  const auto length = static_cast<ptrdiff_t>(rows.length);
  for (ptrdiff_t row = 0; row < rows.count; ++row) {
    const uint8_t* from = rows.from + row * rows.from_step;
    auto* to = reinterpret_cast<float*>(rows.to + row * rows.to_step);
    ptrdiff_t i = 0;
    for (; i + lanes::kGroup <= length; i += lanes::kGroup) {
      const lanes::Sixteen x = lanes::LoadSixteen(from + i * size, wide, zero);
      Unroll<4>([&](auto v) { lanes::StoreScaled(x.value[v], scale, to + i + 4 * v); });
    }
    for (; i < length; ++i) {
      const int32_t x = wide ? reinterpret_cast<const uint16_t*>(from)[i] : from[i];
      to[i] = scale * static_cast<float>(x - zero_point);
    }
  }
}

}  // namespace
}  // namespace lockstep::kernels
