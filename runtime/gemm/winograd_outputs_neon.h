// The transformation of four channels of a tile's products and what follows it, to bytes. As assembler on aarch64,
// where everything fits into the registers. A part of winograd_u8s8_neon.cpp, which alone includes it.
#pragma once

#include "arithmetic/requantize_neon.h"
#include "gemm/unroll.h"
#include "gemm/winograd_tiles.h"

namespace lockstep::kernels {
namespace {

constexpr int kTile = kWinogradTile;

// Where a tile's bytes go.
struct TilePixels {
  uint8_t* to;
  int64_t pitch, row_step;
};

#if defined(__aarch64__)

// In the order of the registers.
struct FinishTile {
  alignas(16) int32_t factor[8];  // the powers of two, then what the transformation multiplies by
  int16_t zero_point[8];
  uint8_t low[16], high[16];

  explicit FinishTile(const WinogradLayer& layer)
      : factor{WinogradFactor(0, 0),
               WinogradFactor(0, 1),
               WinogradFactor(1, 1),
               WinogradFactor(1, 2),
               WinogradFactor(2, 2),
               4,
               6,
               0} {
    vst1q_s16(zero_point, vdupq_n_s16(static_cast<int16_t>(layer.zero_point)));
    vst1q_u8(low, vdupq_n_u8(static_cast<uint8_t>(layer.low)));
    vst1q_u8(high, vdupq_n_u8(static_cast<uint8_t>(layer.high)));
  }
};

// clang-format off
// Six become four, in m1 to m4; register 24 is free, 25 has the factors.
#define LOCKSTEP_TO_FOUR(m0, m1, m2, m3, m4, m5)                               \
  "sub v24.4s, v" #m2 ".4s, v" #m1 ".4s\n"                                     \
  "add v" #m2 ".4s, v" #m2 ".4s, v" #m1 ".4s\n"                                \
  "add v" #m1 ".4s, v" #m3 ".4s, v" #m4 ".4s\n"                                \
  "sub v" #m4 ".4s, v" #m3 ".4s, v" #m4 ".4s\n"                                \
  "add v" #m3 ".4s, v24.4s, v" #m1 ".4s\n"                                     \
  "mla v" #m1 ".4s, v24.4s, v25.s[1]\n"                                        \
  "sub v24.4s, v" #m4 ".4s, v" #m2 ".4s\n"                                     \
  "mla v" #m1 ".4s, v" #m0 ".4s, v25.s[2]\n"                                   \
  "add v" #m4 ".4s, v24.4s, v" #m4 ".4s\n"                                     \
  "sub v" #m2 ".4s, v24.4s, v" #m2 ".4s\n"                                     \
  "mla v" #m4 ".4s, v" #m5 ".4s, v25.s[2]\n"
#define LOCKSTEP_LOAD(reg, row, column) "ldr q" #reg ", [%[from], #64 * (6 * " #row " + " #column ")]\n"
#define LOCKSTEP_ROW(row, m1, m2, m3, m4)                                      \
  LOCKSTEP_LOAD(m1, row, 1) LOCKSTEP_LOAD(m2, row, 2) LOCKSTEP_LOAD(m3, row, 3) LOCKSTEP_LOAD(m4, row, 4)          \
  LOCKSTEP_LOAD(26, row, 0) LOCKSTEP_LOAD(27, row, 5)                          \
  LOCKSTEP_TO_FOUR(26, m1, m2, m3, m4, 27)
#define LOCKSTEP_FOUR(op, m1, m2, m3, m4, b1, b2, b3, b4)                      \
  op " v" #m1 ".4s, v" #m1 ".4s, v" b1 "\n"                                    \
  op " v" #m2 ".4s, v" #m2 ".4s, v" b2 "\n"                                    \
  op " v" #m3 ".4s, v" #m3 ".4s, v" b3 "\n"                                    \
  op " v" #m4 ".4s, v" #m4 ".4s, v" b4 "\n"
// Registers 26 to 31: the multiplier, the shift, the other factors, the zero point and the limits.
#define LOCKSTEP_COLUMN(m0, m1, m2, m3, m4, m5, f1, f2, f3)                    \
  LOCKSTEP_TO_FOUR(m0, m1, m2, m3, m4, m5)                                     \
  LOCKSTEP_FOUR("mul", m1, m2, m3, m4, f1, f2, f3, f3)                         \
  LOCKSTEP_FOUR("sqdmulh", m1, m2, m3, m4, "26.4s", "26.4s", "26.4s", "26.4s") \
  LOCKSTEP_FOUR("srshl", m1, m2, m3, m4, "27.4s", "27.4s", "27.4s", "27.4s")   \
  "sqxtn v" #m1 ".4h, v" #m1 ".4s\n"                                           \
  "sqxtn v" #m3 ".4h, v" #m3 ".4s\n"                                           \
  "sqxtn2 v" #m1 ".8h, v" #m2 ".4s\n"                                          \
  "sqxtn2 v" #m3 ".8h, v" #m4 ".4s\n"                                          \
  "sqadd v" #m1 ".8h, v" #m1 ".8h, v29.8h\n"                                   \
  "sqadd v" #m3 ".8h, v" #m3 ".8h, v29.8h\n"                                   \
  "sqxtun v" #m1 ".8b, v" #m1 ".8h\n"                                          \
  "sqxtun2 v" #m1 ".16b, v" #m3 ".8h\n"                                        \
  "umax v" #m1 ".16b, v" #m1 ".16b, v30.16b\n"                                 \
  "umin v" #m1 ".16b, v" #m1 ".16b, v31.16b\n"                                 \
  "st1 {v" #m1 ".s}[0], [%[to0]], %[pitch]\n"                                  \
  "st1 {v" #m1 ".s}[1], [%[to1]], %[pitch]\n"                                  \
  "st1 {v" #m1 ".s}[2], [%[to2]], %[pitch]\n"                                  \
  "st1 {v" #m1 ".s}[3], [%[to3]], %[pitch]\n"

[[gnu::noinline]] void TransformProducts(const WinogradConstants& constants, const int32_t* from,
                                         const FinishTile& finish, TilePixels pixels) {
  for (int i = 0; i < kBlockChannels; i += 4, pixels.to += 4) {
    uint8_t* to0 = pixels.to;
    uint8_t* to1 = to0 + pixels.row_step;
    uint8_t* to2 = to1 + pixels.row_step;
    uint8_t* to3 = to2 + pixels.row_step;
    __asm__ volatile(
        "ldr q25, [%[finish], #16]\n"
        LOCKSTEP_ROW(0, 0, 1, 2, 3)
        LOCKSTEP_ROW(1, 4, 5, 6, 7)
        LOCKSTEP_ROW(2, 8, 9, 10, 11)
        LOCKSTEP_ROW(3, 12, 13, 14, 15)
        LOCKSTEP_ROW(4, 16, 17, 18, 19)
        LOCKSTEP_ROW(5, 20, 21, 22, 23)
        "ldr q26, [%[multiplier]]\n"
        "ldr q27, [%[shift]]\n"
        "neg v27.4s, v27.4s\n"
        "ldr q28, [%[finish]]\n"
        "ldp q29, q30, [%[finish], #32]\n"
        "ldr q31, [%[finish], #64]\n"
        LOCKSTEP_COLUMN(0, 4, 8, 12, 16, 20, "28.s[0]", "28.s[1]", "28.s[2]")
        LOCKSTEP_COLUMN(1, 5, 9, 13, 17, 21, "28.s[1]", "28.s[2]", "28.s[3]")
        LOCKSTEP_COLUMN(2, 6, 10, 14, 18, 22, "28.s[2]", "28.s[3]", "25.s[0]")
        LOCKSTEP_COLUMN(3, 7, 11, 15, 19, 23, "28.s[2]", "28.s[3]", "25.s[0]")
        : [to0] "+r"(to0), [to1] "+r"(to1), [to2] "+r"(to2), [to3] "+r"(to3)
        : [from] "r"(from + i), [finish] "r"(&finish), [multiplier] "r"(constants.multiplier + i),
          [shift] "r"(constants.shift + i), [pitch] "r"(pixels.pitch)
        : "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14",
          "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29",
          "v30", "v31");
  }
}
// clang-format on

#undef LOCKSTEP_TO_FOUR
#undef LOCKSTEP_LOAD
#undef LOCKSTEP_ROW
#undef LOCKSTEP_FOUR
#undef LOCKSTEP_COLUMN

#else

struct FinishTile {
  ByteLimitsNeon limits;

  explicit FinishTile(const WinogradLayer& layer) : limits(layer.zero_point, layer.low, layer.high) {}
};

[[gnu::always_inline]] inline void TransformToFour(const int32x4_t (&m)[kWinogradSide], int32x4_t (&y)[kTile]) {
  const int32x4_t s = vsubq_s32(m[2], m[1]);
  const int32x4_t d = vaddq_s32(m[2], m[1]);
  const int32x4_t far_s = vaddq_s32(m[3], m[4]);
  const int32x4_t far_d = vsubq_s32(m[3], m[4]);
  const int32x4_t middle = vsubq_s32(far_d, d);
  y[0] = vmlaq_n_s32(vmlaq_n_s32(far_s, s, 4), m[0], 6);
  y[1] = vsubq_s32(middle, d);
  y[2] = vaddq_s32(s, far_s);
  y[3] = vmlaq_n_s32(vaddq_s32(middle, far_d), m[5], 6);
}

[[gnu::always_inline]] inline void TransformFourChannels(const int32_t* from, const RequantizeNeon& by,
                                                         const ByteLimitsNeon& limits, const TilePixels& pixels) {
  int32x4_t rows[kWinogradSide][kTile];
  Unroll<kWinogradSide>([&](auto row) __attribute__((always_inline)) {
    int32x4_t m[kWinogradSide];
    Unroll<kWinogradSide>([&](auto i) __attribute__((always_inline)) {
      m[i] = vld1q_s32(from);
      from += kProductStep;
    });
    TransformToFour(m, rows[row]);
  });
  uint8_t* to[kTile];
  Unroll<kTile>([&](auto row) __attribute__((always_inline)) { to[row] = pixels.to + row * pixels.row_step; });
  Unroll<kTile>([&](auto column) __attribute__((always_inline)) {
    const int32x4_t m[kWinogradSide] = {rows[0][column], rows[1][column], rows[2][column],
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
                                         const FinishTile& finish, TilePixels pixels) {
  for (int i = 0; i < kBlockChannels; i += 4, pixels.to += 4) {
    const RequantizeNeon by = {vld1q_s32(constants.multiplier + i), vnegq_s32(vld1q_s32(constants.shift + i))};
    TransformFourChannels(from + i, by, finish.limits, pixels);
  }
}

#endif

}  // namespace
}  // namespace lockstep::kernels
