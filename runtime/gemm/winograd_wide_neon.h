// The transformations of inputs and of products with stride 2. A part of winograd_u8s8_neon.cpp, which alone includes
// it.
#pragma once

#include "arithmetic/requantize_neon.h"
#include "gemm/unroll.h"
#include "gemm/winograd_outputs_neon.h"
#include "gemm/winograd_tiles.h"

namespace lockstep::kernels {
namespace {

constexpr int kOdd = kWideSide - kEvenSide;

[[gnu::always_inline]] inline void TransformFive(const int16x8_t (&d)[kEvenSide], int16x8_t (&t)[kEvenSide]) {
  const int16x8_t a = vsubq_s16(d[3], d[1]);
  const int16x8_t b = vsubq_s16(d[3], d[2]);
  const int16x8_t twice = vaddq_s16(d[1], d[1]);
  t[0] = vaddq_s16(a, vshlq_n_s16(vsubq_s16(d[0], d[2]), 1));
  t[1] = vsubq_s16(b, twice);
  t[2] = vsubq_s16(vaddq_s16(b, twice), vaddq_s16(d[2], d[2]));
  t[3] = a;
  t[4] = vsubq_s16(vsubq_s16(d[4], d[2]), vaddq_s16(a, a));
}

// Eight channels of a row of nine inputs.
[[gnu::always_inline]] inline void TransformWideRow(const uint8_t* const* at, int32_t channel, int16x8_t* t) {
  const auto load = [&](int i) __attribute__((always_inline)) {
    return vreinterpretq_s16_u16(vmovl_u8(vld1_u8(at[i] + channel)));
  };
  const int16x8_t d[kEvenSide] = {load(0), load(2), load(4), load(6), load(8)};
  int16x8_t even[kEvenSide];
  TransformFive(d, even);
  Unroll<kEvenSide>([&](auto i) __attribute__((always_inline)) { t[i] = even[i]; });
  Unroll<kOdd>([&](auto i) __attribute__((always_inline)) { t[kEvenSide + i] = load(2 * i + 1); });
}

void TransformWideTile(const WinogradInput& input) {
  for (int32_t channel = 0; channel < input.channels; channel += kChannelsAtATime) {
    const int32_t place = channel * kTileGroup;
    int16x8_t rows[kEvenSide][kWideSide];
    for (int i = 0; i < kEvenSide; ++i) TransformWideRow(input.at + 2 * i * kWideSide, channel, rows[i]);
    for (int i = 0; i < kOdd; ++i) {
      int16x8_t t[kWideSide];
      TransformWideRow(input.at + (2 * i + 1) * kWideSide, channel, t);
      Unroll<kWideSide>([&](auto column) __attribute__((always_inline)) {
        vst1q_s16(input.to[column * kWideSide + kEvenSide + i] + place, t[column]);
      });
    }
    for (int column = 0; column < kWideSide; ++column) {
      const int16x8_t d[kEvenSide] = {rows[0][column], rows[1][column], rows[2][column], rows[3][column],
                                      rows[4][column]};
      int16x8_t t[kEvenSide];
      TransformFive(d, t);
      Unroll<kEvenSide>([&](auto i) __attribute__((always_inline)) {
        vst1q_s16(input.to[column * kWideSide + i] + place, t[i]);
      });
    }
  }
}

[[gnu::always_inline]] inline void TransformNine(const int32x4_t (&m)[kWideSide], int32x4_t (&y)[kTile]) {
  const int32x4_t second = vmulq_n_s32(m[1], 3);
  const int32x4_t sum = vaddq_s32(second, m[2]);
  const int32x4_t difference = vsubq_s32(m[2], second);
  y[0] = vmlaq_n_s32(vmlaq_n_s32(vsubq_s32(m[3], sum), m[0], 3), m[5], 6);
  y[1] = vmlaq_n_s32(vaddq_s32(difference, vshlq_n_s32(m[3], 1)), m[6], 6);
  y[2] = vmlaq_n_s32(vsubq_s32(vshlq_n_s32(m[3], 2), sum), m[7], 6);
  y[3] = vmlaq_n_s32(vaddq_s32(difference, vshlq_n_s32(m[3], 3)), vaddq_s32(m[4], m[8]), 6);
}

[[gnu::noinline]] void TransformWideProducts(const WinogradConstants& constants, const int32_t* from,
                                             const FinishTile& finish, TilePixels pixels) {
  const int16x8_t zero_point = vld1q_s16(finish.zero_point);
  const uint8x16_t low = vld1q_u8(finish.low);
  const uint8x16_t high = vld1q_u8(finish.high);
  for (int i = 0; i < kBlockChannels; i += 4, from += 4, pixels.to += 4) {
    const RequantizeNeon by = {vld1q_s32(constants.multiplier + i), vnegq_s32(vld1q_s32(constants.shift + i))};
    int32x4_t rows[kWideSide][kTile];
    for (int row = 0; row < kWideSide; ++row) {
      int32x4_t m[kWideSide];
      Unroll<kWideSide>([&](auto column) __attribute__((always_inline)) {
        m[column] = vld1q_s32(from + (row * kWideSide + column) * kProductStep);
      });
      TransformNine(m, rows[row]);
    }
    for (int column = 0; column < kTile; ++column) {
      int32x4_t m[kWideSide];
      int32x4_t y[kTile];
      Unroll<kWideSide>([&](auto row) __attribute__((always_inline)) { m[row] = rows[row][column]; });
      TransformNine(m, y);
      Unroll<kTile>([&](auto row) __attribute__((always_inline)) {
        y[row] = RequantizeShort(vmulq_n_s32(y[row], WinogradFactor(kTile - 1, kTile - 1)), by);
      });
      const int16x8_t first = vqaddq_s16(SaturateNeon(y[0], y[1]), zero_point);
      const int16x8_t second = vqaddq_s16(SaturateNeon(y[2], y[3]), zero_point);
      const uint32x4_t bytes = vreinterpretq_u32_u8(vminq_u8(vmaxq_u8(SaturateNeon(first, second), low), high));
      uint8_t* to = pixels.to + column * pixels.pitch;
      Unroll<kTile>([&](auto row) __attribute__((always_inline)) {
        vst1q_lane_u32(reinterpret_cast<uint32_t*>(to), bytes, row);
        to += pixels.row_step;
      });
    }
  }
}

}  // namespace
}  // namespace lockstep::kernels
