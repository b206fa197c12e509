// The transformations of inputs and of products, a few channels at a time. A part of winograd_u8s8_neon.cpp, which
// alone includes it.
#pragma once

#include "arithmetic/requantize_neon.h"
#include "gemm/conv_driver.h"
#include "gemm/unroll.h"
#include "gemm/winograd_tiles.h"

namespace lockstep::kernels {
namespace {

constexpr int kSide = kWinogradSide;
constexpr int kTile = kWinogradTile;

// What a tile with fewer wanted outputs has instead, see winograd_tiles.h.
[[gnu::always_inline]] inline void Shorten(int32_t wanted, int16x8_t (&t)[kSide]) {
  int16x8_t c = t[4];
  int16x8_t e = vdupq_n_s16(0);
  if (wanted == 1) {
    c = vshrq_n_s16(vaddq_s16(t[3], t[4]), 1);
    e = vshrq_n_s16(vsubq_s16(t[3], t[4]), 2);
  } else {
    t[3] = vsubq_s16(t[3], t[4]);
  }
  t[0] = vsubq_s16(t[0], c);
  t[1] = vaddq_s16(t[1], vaddq_s16(c, e));
  t[2] = vaddq_s16(t[2], vsubq_s16(c, e));
}

[[gnu::always_inline]] inline void TransformSix(const int16x8_t (&d)[kSide], int16x8_t (&t)[kSide]) {
  const int16x8_t a = vsubq_s16(vshlq_n_s16(d[2], 2), d[4]);
  const int16x8_t b = vsubq_s16(vshlq_n_s16(d[1], 2), d[3]);
  const int16x8_t c = vsubq_s16(d[4], d[2]);
  const int16x8_t e = vsubq_s16(d[3], d[1]);
  const int16x8_t twice = vaddq_s16(e, e);
  t[0] = vaddq_s16(c, vshlq_n_s16(vsubq_s16(d[0], d[2]), 2));
  t[1] = vaddq_s16(a, b);
  t[2] = vsubq_s16(a, b);
  t[3] = vaddq_s16(c, twice);
  t[4] = vsubq_s16(c, twice);
  t[5] = vsubq_s16(vsubq_s16(d[5], d[3]), vaddq_s16(twice, twice));
}

[[gnu::always_inline]] inline int16x8_t Long(uint16x8_t x) { return vreinterpretq_s16_u16(x); }

[[gnu::always_inline]] inline void TransformSix(const uint8x8_t (&d)[kSide], int16x8_t (&t)[kSide]) {
  const int16x8_t a = Long(vsubw_u8(vshll_n_u8(d[2], 2), d[4]));
  const int16x8_t b = Long(vsubw_u8(vshll_n_u8(d[1], 2), d[3]));
  const int16x8_t c = Long(vsubl_u8(d[4], d[2]));
  const int16x8_t e = Long(vsubl_u8(d[3], d[1]));
  const int16x8_t twice = vaddq_s16(e, e);
  t[0] = vaddq_s16(c, vshlq_n_s16(Long(vsubl_u8(d[0], d[2])), 2));
  t[1] = vaddq_s16(a, b);
  t[2] = vsubq_s16(a, b);
  t[3] = vaddq_s16(c, twice);
  t[4] = vsubq_s16(c, twice);
  t[5] = vsubq_s16(Long(vsubl_u8(d[5], d[3])), vaddq_s16(twice, twice));
}

[[gnu::noinline]] void TransformTile(const WinogradInput& input) {
  const bool few_rows = input.rows <= 2;
  const bool few_columns = input.columns <= 2;
  for (int32_t channel = 0; channel < input.channels; channel += kChannelsAtATime) {
    int16x8_t rows[kSide][kSide];
    for (int row = 0; row < kSide; ++row) {
      uint8x8_t d[kSide];
      Unroll<kSide>([&](auto i)
                        __attribute__((always_inline)) { d[i] = vld1_u8(input.at[row * kSide + i] + channel); });
      TransformSix(d, rows[row]);
      if (few_columns) Shorten(input.columns, rows[row]);
    }
    for (int column = 0; column < kSide; ++column) {
      const int16x8_t d[kSide] = {rows[0][column], rows[1][column], rows[2][column],
                                  rows[3][column], rows[4][column], rows[5][column]};
      int16x8_t t[kSide];
      TransformSix(d, t);
      if (few_rows) Shorten(input.rows, t);
      Unroll<kSide>([&](auto i) __attribute__((always_inline)) {
        vst1q_s16(input.to[i * kSide + column] + channel * kTileGroup, t[i]);
      });
    }
  }
}

[[gnu::always_inline]] inline void TransformToFour(const int32x4_t (&m)[kSide], int32x4_t (&y)[kTile]) {
  const int32x4_t s = vaddq_s32(m[1], m[2]);
  const int32x4_t d = vsubq_s32(m[1], m[2]);
  const int32x4_t far_s = vaddq_s32(m[3], m[4]);
  const int32x4_t far_d = vsubq_s32(m[3], m[4]);
  y[0] = vmlaq_n_s32(vmlaq_n_s32(far_s, s, 4), m[0], 6);
  y[1] = vmlaq_n_s32(far_d, d, 2);
  y[2] = vaddq_s32(s, far_s);
  y[3] = vmlaq_n_s32(vmlaq_n_s32(d, far_d, 2), m[5], 6);
}

// Where a tile's bytes go: `columns` pixels of `rows` rows.
struct TilePixels {
  uint8_t* to;
  int64_t pitch, row_step;
};

// Four channels of a tile.
[[gnu::always_inline]] inline void TransformFourChannels(const int32_t* from, const RequantizeNeon& by,
                                                         const ByteLimitsNeon& limits, const TilePixels& pixels) {
  int32x4_t rows[kSide][kTile];
  Unroll<kSide>([&](auto row) __attribute__((always_inline)) {
    int32x4_t m[kSide];
    Unroll<kSide>([&](auto i) __attribute__((always_inline)) {
      m[i] = vld1q_s32(from);
      from += kProductStep;
    });
    TransformToFour(m, rows[row]);
  });
  uint8_t* to[kTile];
  Unroll<kTile>([&](auto row) __attribute__((always_inline)) { to[row] = pixels.to + row * pixels.row_step; });
  Unroll<kTile>([&](auto column) __attribute__((always_inline)) {
    const int32x4_t m[kSide] = {rows[0][column], rows[1][column], rows[2][column],
                                rows[3][column], rows[4][column], rows[5][column]};
    int32x4_t y[kTile];
    TransformToFour(m, y);
    Unroll<kTile>([&](auto row) __attribute__((always_inline)) {
      y[row] = RequantizeShort(vmulq_n_s32(y[row], WinogradFactor(row, column)), by);
    });
    const uint32x4_t bytes = vreinterpretq_u32_u8(limits.Bytes(y[0], y[1], y[2], y[3]));
    Unroll<kTile>([&](auto row) __attribute__((always_inline)) {
      vst1q_lane_u32(reinterpret_cast<uint32_t*>(to[row]), bytes, row);
      to[row] += pixels.pitch;
    });
  });
}

[[gnu::noinline]] void TransformProducts(const WinogradConstants& constants, const int32_t* from,
                                         const ByteLimitsNeon& limits, TilePixels pixels) {
  for (int i = 0; i < kBlockChannels; i += 4, pixels.to += 4) {
    const RequantizeNeon by = {vld1q_s32(constants.multiplier + i), vnegq_s32(vld1q_s32(constants.shift + i))};
    TransformFourChannels(from + i, by, limits, pixels);
  }
}

}  // namespace
}  // namespace lockstep::kernels
