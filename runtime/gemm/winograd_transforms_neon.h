// The three transformations of F(4x4, 3x3), a few channels at a time. A part of winograd_u8s8_neon.cpp, which alone
// includes it.
#pragma once

#include "arithmetic/requantize_neon.h"
#include "gemm/conv_driver.h"
#include "gemm/unroll.h"
#include "gemm/winograd_tiles.h"

namespace lockstep::kernels {
namespace {

constexpr int kSide = kWinogradSide;
constexpr int kQuad = kWeightQuad;
constexpr ptrdiff_t kTapBytes = ptrdiff_t{kQuad} * kBlockChannels;

// Six of inputs: 4 0 -5 0 1 0; 0 -4 -4 1 1 0; 0 4 -4 -1 1 0; 0 -2 -1 2 1 0; 0 2 -1 -2 1 0; 0 4 0 -5 0 1.
[[gnu::always_inline]] inline void TransformSix(const int16x8_t (&d)[kSide], int16x8_t (&t)[kSide]) {
  const int16x8_t a = vmlsq_n_s16(d[4], d[2], 4);
  const int16x8_t b = vmlsq_n_s16(d[3], d[1], 4);
  const int16x8_t c = vsubq_s16(d[4], d[2]);
  const int16x8_t e = vsubq_s16(d[3], d[1]);
  t[0] = vmlsq_n_s16(vmlaq_n_s16(d[4], d[0], 4), d[2], 5);
  t[1] = vaddq_s16(a, b);
  t[2] = vsubq_s16(a, b);
  t[3] = vmlaq_n_s16(c, e, 2);
  t[4] = vmlsq_n_s16(c, e, 2);
  t[5] = vmlsq_n_s16(vmlaq_n_s16(d[5], d[1], 4), d[3], 5);
}

// Eight channels of a tile's 36 input pixels, of x - 128; positions are `step` elements apart.
[[gnu::noinline]] void TransformEight(const uint8_t* const* at, int32_t channel, int16_t* to, ptrdiff_t step) {
  int16x8_t rows[kSide][kSide];
  for (int row = 0; row < kSide; ++row) {
    int16x8_t d[kSide];
    Unroll<kSide>([&](auto i) __attribute__((always_inline)) {
      d[i] = vreinterpretq_s16_u16(vsubl_u8(vld1_u8(at[row * kSide + i] + channel), vdup_n_u8(128)));
    });
    TransformSix(d, rows[row]);
  }
  for (int column = 0; column < kSide; ++column) {
    const int16x8_t d[kSide] = {rows[0][column], rows[1][column], rows[2][column],
                                rows[3][column], rows[4][column], rows[5][column]};
    int16x8_t t[kSide];
    TransformSix(d, t);
    Unroll<kSide>([&](auto i) __attribute__((always_inline)) { vst1q_s16(to + (i * kSide + column) * step, t[i]); });
  }
}

// Three of weights, 24 times: 6 0 0; -4 -4 -4; -4 4 -4; 1 2 4; 1 -2 4; 0 0 6. The last has a quarter of what it counts.
[[gnu::always_inline]] inline void TransformThree(int16x8_t g0, int16x8_t g1, int16x8_t g2, int16x8_t (&t)[kSide]) {
  const int16x8_t ends = vaddq_s16(g0, g2);
  const int16x8_t far = vmlaq_n_s16(g0, g2, 4);
  t[0] = vmulq_n_s16(g0, 6);
  t[1] = vmulq_n_s16(vaddq_s16(ends, g1), -4);
  t[2] = vmulq_n_s16(vsubq_s16(ends, g1), -4);
  t[3] = vmlaq_n_s16(far, g1, 2);
  t[4] = vmlsq_n_s16(far, g1, 2);
  t[5] = vmulq_n_s16(g2, 6);
}

// Eight output channels of one input channel, from nine vectors of theirs, `kTapBytes` apart.
[[gnu::noinline]] void TransformNine(const int8_t* taps, int16_t* to) {
  int16x8_t columns[3][kSide];
  Unroll<3>([&](auto x) __attribute__((always_inline)) {
    const int8_t* tap = taps + x * kTapBytes;
    TransformThree(vmovl_s8(vld1_s8(tap)), vmovl_s8(vld1_s8(tap + 3 * kTapBytes)),
                   vmovl_s8(vld1_s8(tap + 6 * kTapBytes)), columns[x]);
  });
  Unroll<kSide>([&](auto row) __attribute__((always_inline)) {
    int16x8_t t[kSide];
    TransformThree(columns[0][row], columns[1][row], columns[2][row], t);
    Unroll<kSide>([&](auto i) __attribute__((always_inline)) {
      vst1q_s16(to, t[i]);
      to += kWeightStep;
    });
  });
}

// A quad of input channels by sixteen output channels, taps `tap_step` bytes apart. Of two input channels the first
// eight output channels come first: [input channel / 2][half][input channel % 2][8].
void TransformQuad(const int8_t* weights, ptrdiff_t tap_step, int16_t* to) {
  int8_t taps[9][kQuad][kBlockChannels];
  for (int tap = 0; tap < 9; ++tap) {
    const int8x16x4_t quad = vld4q_s8(weights + tap * tap_step);
    for (int i = 0; i < kQuad; ++i) vst1q_s8(taps[tap][i], quad.val[i]);
  }
  for (int i = 0; i < kQuad; ++i) {
    int16_t* pair = to + i / 2 * 2 * kBlockChannels + i % 2 * 8;
    TransformNine(taps[0][i], pair);
    TransformNine(taps[0][i] + 8, pair + kBlockChannels);
  }
}

// Four of products: 1 1 1 1 1 0; 0 1 -1 2 -2 0; 0 1 1 4 4 0; 0 1 -1 8 -8 4.
[[gnu::always_inline]] inline void TransformToFour(const int32x4_t (&m)[kSide], int32x4_t (&y)[4]) {
  const int32x4_t s = vaddq_s32(m[1], m[2]);
  const int32x4_t d = vsubq_s32(m[1], m[2]);
  const int32x4_t far_s = vaddq_s32(m[3], m[4]);
  const int32x4_t far_d = vsubq_s32(m[3], m[4]);
  y[0] = vaddq_s32(vaddq_s32(m[0], s), far_s);
  y[1] = vmlaq_n_s32(d, far_d, 2);
  y[2] = vmlaq_n_s32(s, far_s, 4);
  y[3] = vmlaq_n_s32(vmlaq_n_s32(d, far_d, 8), m[5], 4);
}

// Four channels of a tile: products `step` apart become rq(acc) of sixteen pixels, saturated to 16 bits.
template <bool kShort>
[[gnu::always_inline]] inline void TransformFourChannels(const int32_t* from, int32x4_t start, const RequantizeNeon& by,
                                                         int16_t* to) {
  int32x4_t rows[kSide][4];
  Unroll<kSide>([&](auto row) __attribute__((always_inline)) {
    int32x4_t m[kSide];
    Unroll<kSide>([&](auto i) __attribute__((always_inline)) {
      m[i] = vld1q_s32(from);
      from += kProductStep;
    });
    TransformToFour(m, rows[row]);
  });
  Unroll<4>([&](auto column) __attribute__((always_inline)) {
    const int32x4_t m[kSide] = {rows[0][column], rows[1][column], rows[2][column],
                                rows[3][column], rows[4][column], rows[5][column]};
    int32x4_t y[4];
    TransformToFour(m, y);
    Unroll<4>([&](auto row) __attribute__((always_inline)) {
      const int32x4_t acc = vsraq_n_s32(start, vmulq_n_s32(y[row], kNinth), 6);
      const int32x4_t rq = kShort ? RequantizeShort(acc, by) : RequantizeAny(acc, by);
      vst1_s16(to + (row * 4 + column) * kBlockChannels, vqmovn_s32(rq));
    });
  });
}

void TransformProducts(bool short_shifts, const WinogradConstants& constants, const int32_t* from, int16_t* to) {
  for (int i = 0; i < kBlockChannels; i += 4) {
    const RequantizeNeon by = {vld1q_s32(constants.multiplier + i), vnegq_s32(vld1q_s32(constants.shift + i))};
    const int32x4_t start = vld1q_s32(constants.start + i);
    if (short_shifts) {
      TransformFourChannels<true>(from + i, start, by, to + i);
    } else {
      TransformFourChannels<false>(from + i, start, by, to + i);
    }
  }
}

// Bytes of a few pixels of a row.
void StoreValues(const ByteLimitsNeon& limits, int32_t channels, const int16_t* values, int32_t pixels, int64_t pitch,
                 uint8_t* to) {
  for (int32_t i = 0; i < pixels; ++i, values += kBlockChannels, to += pitch) {
    const uint8x16_t bytes = limits.BytesOfWords(vld1q_s16(values), vld1q_s16(values + 8));
    if (channels == kBlockChannels) {
      vst1q_u8(to, bytes);
    } else {
      StoreSomeBytes(bytes, channels, to);
    }
  }
}

}  // namespace
}  // namespace lockstep::kernels
