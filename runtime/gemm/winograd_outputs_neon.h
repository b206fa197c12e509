// The transformation of four channels of a tile's products and what follows it, to bytes. As assembler on aarch64,
// where everything fits into the registers. A part of winograd_u8s8_neon.cpp, which alone includes it.
#pragma once

#include "arithmetic/requantize_aarch64.h"
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
#if defined(__aarch64__)

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
#define LOCKSTEP_SCALE(m1, m2, m3, m4, f1, f2, f3)                             \
  "mul v" #m1 ".4s, v" #m1 ".4s, v" f1 "\n"                                    \
  "mul v" #m2 ".4s, v" #m2 ".4s, v" f2 "\n"                                    \
  "mul v" #m3 ".4s, v" #m3 ".4s, v" f3 "\n"                                    \
  "mul v" #m4 ".4s, v" #m4 ".4s, v" f3 "\n"
// Registers 26 to 31: the multiplier, the shift, the other factors, the zero point and the limits.
#define LOCKSTEP_COLUMN(m0, m1, m2, m3, m4, m5, f1, f2, f3)                    \
  LOCKSTEP_TO_FOUR(m0, m1, m2, m3, m4, m5)                                     \
  LOCKSTEP_SCALE(m1, m2, m3, m4, f1, f2, f3)                                   \
  LOCKSTEP_MULTIPLY_BY(m1, m2, m3, m4, 26, 26, 26, 26)                         \
  LOCKSTEP_SHIFT_BY(m1, m2, m3, m4, 27, 27, 27, 27)                            \
  LOCKSTEP_CLAMPED_BYTES(m1, m2, m3, m4, 29, 30, 31)                           \
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
#undef LOCKSTEP_LOAD

#else

#define LOCKSTEP_LOAD(reg, step) "vld1.32 {q" #reg "}, [%[from]], %[" step "]\n"
#define LOCKSTEP_TWO_VALUES(low, high, base, place)                            \
  "vldr d" #low ", [%[" base "], #" place "]\n"                                \
  "vldr d" #high ", [%[" base "], #" place " + 8]\n"
// Register q0 has the last factors. The first and the third of four in a and b, then the second and the fourth.
#define LOCKSTEP_EVEN_ROW(a, b)                                                \
  LOCKSTEP_LOAD(1, "step") LOCKSTEP_LOAD(2, "step") LOCKSTEP_LOAD(a, "step") LOCKSTEP_LOAD(3, "step")              \
  LOCKSTEP_LOAD(b, "last_step")                                                \
  "vsub.i32 q2, q" #a ", q2\n"                                                 \
  "vadd.i32 q" #a ", q3, q" #b "\n"                                            \
  "vadd.i32 q" #b ", q2, q" #a "\n"                                            \
  "vmla.i32 q" #a ", q2, d0[1]\n"                                              \
  "vmla.i32 q" #a ", q1, d1[0]\n"
#define LOCKSTEP_ODD_ROW(a, b)                                                 \
  LOCKSTEP_LOAD(1, "step") LOCKSTEP_LOAD(a, "step") LOCKSTEP_LOAD(2, "step") LOCKSTEP_LOAD(b, "step")              \
  LOCKSTEP_LOAD(3, "last_step")                                                \
  "vadd.i32 q1, q1, q" #a "\n"                                                 \
  "vsub.i32 q" #b ", q2, q" #b "\n"                                            \
  "vsub.i32 q2, q" #b ", q1\n"                                                 \
  "vsub.i32 q" #a ", q2, q1\n"                                                 \
  "vadd.i32 q" #b ", q2, q" #b "\n"                                            \
  "vmla.i32 q" #b ", q3, d1[0]\n"
#define LOCKSTEP_FOUR(op, m1, m2, m3, m4, b1, b2, b3, b4)                      \
  op " q" #m1 ", q" #m1 ", " b1 "\n"                                           \
  op " q" #m2 ", q" #m2 ", " b2 "\n"                                           \
  op " q" #m3 ", q" #m3 ", " b3 "\n"                                           \
  op " q" #m4 ", q" #m4 ", " b4 "\n"
// Register q2 has the first factors, q3 the multiplier. Behind q* of m0, m1, m3 and m5 are the d* that they consist of.
#define LOCKSTEP_COLUMN(m0, m1, m2, m3, m4, m5, f1, f2, f3, low0, high0, low1, high1, low3, high3, low5, high5)     \
  "vsub.i32 q1, q" #m2 ", q" #m1 "\n"                                          \
  "vadd.i32 q" #m2 ", q" #m2 ", q" #m1 "\n"                                    \
  "vadd.i32 q" #m1 ", q" #m3 ", q" #m4 "\n"                                    \
  "vsub.i32 q" #m4 ", q" #m3 ", q" #m4 "\n"                                    \
  "vadd.i32 q" #m3 ", q1, q" #m1 "\n"                                          \
  "vmla.i32 q" #m1 ", q1, d0[1]\n"                                             \
  "vsub.i32 q1, q" #m4 ", q" #m2 "\n"                                          \
  "vmla.i32 q" #m1 ", q" #m0 ", d1[0]\n"                                       \
  "vadd.i32 q" #m4 ", q1, q" #m4 "\n"                                          \
  "vsub.i32 q" #m2 ", q1, q" #m2 "\n"                                          \
  "vmla.i32 q" #m4 ", q" #m5 ", d1[0]\n"                                       \
  LOCKSTEP_TWO_VALUES(low0, high0, "multiplier", "64")                         \
  LOCKSTEP_FOUR("vmul.i32", m1, m2, m3, m4, f1, f2, f3, f3)                    \
  "vneg.s32 q" #m0 ", q" #m0 "\n"                                              \
  LOCKSTEP_FOUR("vqdmulh.s32", m1, m2, m3, m4, "q3", "q3", "q3", "q3")         \
  LOCKSTEP_TWO_VALUES(low5, high5, "finish", "32")                             \
  LOCKSTEP_FOUR("vrshl.s32", m1, m2, m3, m4, "q" #m0, "q" #m0, "q" #m0, "q" #m0)                                    \
  LOCKSTEP_TWO_VALUES(2, 3, "finish", "48")                                    \
  "vqmovn.s32 d" #low1 ", q" #m1 "\n"                                          \
  "vqmovn.s32 d" #low3 ", q" #m3 "\n"                                          \
  "vqmovn.s32 d" #high1 ", q" #m2 "\n"                                         \
  "vqmovn.s32 d" #high3 ", q" #m4 "\n"                                         \
  LOCKSTEP_TWO_VALUES(low0, high0, "finish", "64")                             \
  "vqadd.s16 q" #m1 ", q" #m1 ", q" #m5 "\n"                                   \
  "vqadd.s16 q" #m3 ", q" #m3 ", q" #m5 "\n"                                   \
  "vqmovun.s16 d" #low1 ", q" #m1 "\n"                                         \
  "vqmovun.s16 d" #high1 ", q" #m3 "\n"                                        \
  "vmax.u8 q" #m1 ", q" #m1 ", q1\n"                                           \
  "vmin.u8 q" #m1 ", q" #m1 ", q" #m0 "\n"                                     \
  "vst1.32 {d" #low1 "[0]}, [%[to0]], %[pitch]\n"                              \
  "vst1.32 {d" #low1 "[1]}, [%[to1]], %[pitch]\n"                              \
  "vst1.32 {d" #high1 "[0]}, [%[to2]], %[pitch]\n"                             \
  "vst1.32 {d" #high1 "[1]}, [%[to3]], %[pitch]\n"
#define LOCKSTEP_TWO_COLUMNS(row, f1, f2, f3, g1, g2, g3)                      \
  LOCKSTEP_TWO_VALUES(0, 1, "finish", "16")                                    \
  row(4, 5) row(6, 7) row(8, 9) row(10, 11) row(12, 13) row(14, 15)            \
  LOCKSTEP_TWO_VALUES(4, 5, "finish", "0")                                     \
  LOCKSTEP_TWO_VALUES(6, 7, "multiplier", "0")                                 \
  LOCKSTEP_COLUMN(4, 6, 8, 10, 12, 14, f1, f2, f3, 8, 9, 12, 13, 20, 21, 28, 29)                                    \
  LOCKSTEP_COLUMN(5, 7, 9, 11, 13, 15, g1, g2, g3, 10, 11, 14, 15, 22, 23, 30, 31)

[[gnu::noinline]] void TransformProducts(const WinogradConstants& constants, const int32_t* from,
                                         const FinishTile& finish, TilePixels pixels) {
  static_assert(offsetof(WinogradConstants, shift) - offsetof(WinogradConstants, multiplier) == 64);
  constexpr int32_t kStep = 64;
  constexpr int32_t kLastStep = 128;
  const auto pitch = static_cast<int32_t>(2 * pixels.pitch);
  for (int i = 0; i < 2 * kBlockChannels; i += 4) {
    const bool odd = i >= kBlockChannels;
    const int channel = odd ? i - kBlockChannels : i;
    const int32_t* products = from + channel + (odd ? kProductStep : 0);
    uint8_t* to0 = pixels.to + channel + (odd ? pixels.pitch : 0);
    uint8_t* to1 = to0 + pixels.row_step;
    uint8_t* to2 = to1 + pixels.row_step;
    uint8_t* to3 = to2 + pixels.row_step;
    if (odd) {
      __asm__ volatile(
          LOCKSTEP_TWO_COLUMNS(LOCKSTEP_ODD_ROW, "d4[1]", "d5[0]", "d5[1]", "d5[0]", "d5[1]", "d0[0]")
          : [to0] "+r"(to0), [to1] "+r"(to1), [to2] "+r"(to2), [to3] "+r"(to3), [from] "+r"(products)
          : [step] "r"(kStep), [last_step] "r"(kLastStep), [multiplier] "r"(constants.multiplier + channel),
            [finish] "r"(&finish), [pitch] "r"(pitch)
          : "memory", "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10", "q11", "q12", "q13", "q14",
            "q15");
      continue;
    }
    __asm__ volatile(
        LOCKSTEP_TWO_COLUMNS(LOCKSTEP_EVEN_ROW, "d4[0]", "d4[1]", "d5[0]", "d5[0]", "d5[1]", "d0[0]")
        : [to0] "+r"(to0), [to1] "+r"(to1), [to2] "+r"(to2), [to3] "+r"(to3), [from] "+r"(products)
        : [step] "r"(kStep), [last_step] "r"(kLastStep), [multiplier] "r"(constants.multiplier + channel),
          [finish] "r"(&finish), [pitch] "r"(pitch)
        : "memory", "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10", "q11", "q12", "q13", "q14",
          "q15");
  }
}

#undef LOCKSTEP_LOAD
#undef LOCKSTEP_TWO_VALUES
#undef LOCKSTEP_EVEN_ROW
#undef LOCKSTEP_ODD_ROW
#undef LOCKSTEP_TWO_COLUMNS

#endif
// clang-format on

#undef LOCKSTEP_COLUMN
#if defined(__aarch64__)
#undef LOCKSTEP_SCALE
#undef LOCKSTEP_TO_FOUR
#undef LOCKSTEP_ROW
#else
#undef LOCKSTEP_FOUR
#endif

}  // namespace
}  // namespace lockstep::kernels
