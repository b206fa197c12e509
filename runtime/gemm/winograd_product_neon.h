// Products of four tiles' transformed inputs with a block's transformed weights, at one position. As assembler because
// gcc does not keep the accumulators in registers on ARMv7. A part of winograd_u8s8_neon.cpp, which alone includes it.
#pragma once

#include <cstdint>

#include "gemm/winograd_tiles.h"

namespace lockstep::kernels {
namespace {

// clang-format off
#if defined(__aarch64__)

// Two input channels, lanes a and b of the tiles' vectors, with the weights in four registers.
#define LOCKSTEP_TILE_LANES(x, acc0, acc1, acc2, acc3, a, b, w0, w1, w2, w3)   \
  "smlal v" #acc0 ".4s, v" #w0 ".4h, v" #x ".h[" #a "]\n"                      \
  "smlal2 v" #acc1 ".4s, v" #w0 ".8h, v" #x ".h[" #a "]\n"                     \
  "smlal v" #acc2 ".4s, v" #w2 ".4h, v" #x ".h[" #a "]\n"                      \
  "smlal2 v" #acc3 ".4s, v" #w2 ".8h, v" #x ".h[" #a "]\n"                     \
  "smlal v" #acc0 ".4s, v" #w1 ".4h, v" #x ".h[" #b "]\n"                      \
  "smlal2 v" #acc1 ".4s, v" #w1 ".8h, v" #x ".h[" #b "]\n"                     \
  "smlal v" #acc2 ".4s, v" #w3 ".4h, v" #x ".h[" #b "]\n"                      \
  "smlal2 v" #acc3 ".4s, v" #w3 ".8h, v" #x ".h[" #b "]\n"
#define LOCKSTEP_TWO_CHANNELS(a, b, w0, w1, w2, w3)                            \
  LOCKSTEP_TILE_LANES(0, 16, 17, 18, 19, a, b, w0, w1, w2, w3)                 \
  LOCKSTEP_TILE_LANES(1, 20, 21, 22, 23, a, b, w0, w1, w2, w3)                 \
  LOCKSTEP_TILE_LANES(2, 24, 25, 26, 27, a, b, w0, w1, w2, w3)                 \
  LOCKSTEP_TILE_LANES(3, 28, 29, 30, 31, a, b, w0, w1, w2, w3)
#define LOCKSTEP_EVEN_WEIGHTS "ld1 {v4.8h, v5.8h, v6.8h, v7.8h}, [%[w]], #64\n"
#define LOCKSTEP_ODD_WEIGHTS "ld1 {v8.8h, v9.8h, v10.8h, v11.8h}, [%[w]], #64\n"

void MultiplyPosition(const WinogradProduct& product) {
  const int16_t* x = product.x;
  const int16_t* w = product.w;
  int32_t* sums = product.to;
  int64_t left = product.eights;
  int64_t added = product.add ? 1 : 0;
  __asm__ volatile(
      "cbz %[added], 1f\n"
      "ld1 {v16.4s, v17.4s, v18.4s, v19.4s}, [%[sums]], #64\n"
      "ld1 {v20.4s, v21.4s, v22.4s, v23.4s}, [%[sums]], #64\n"
      "ld1 {v24.4s, v25.4s, v26.4s, v27.4s}, [%[sums]], #64\n"
      "ld1 {v28.4s, v29.4s, v30.4s, v31.4s}, [%[sums]]\n"
      "sub %[sums], %[sums], #192\n"
      "b 2f\n"
      "1:\n"
      "movi v16.4s, #0\n" "movi v17.4s, #0\n" "movi v18.4s, #0\n" "movi v19.4s, #0\n"
      "movi v20.4s, #0\n" "movi v21.4s, #0\n" "movi v22.4s, #0\n" "movi v23.4s, #0\n"
      "movi v24.4s, #0\n" "movi v25.4s, #0\n" "movi v26.4s, #0\n" "movi v27.4s, #0\n"
      "movi v28.4s, #0\n" "movi v29.4s, #0\n" "movi v30.4s, #0\n" "movi v31.4s, #0\n"
      "2:\n"
      LOCKSTEP_EVEN_WEIGHTS
      "ld1 {v0.8h, v1.8h, v2.8h, v3.8h}, [%[x]], #64\n"
      LOCKSTEP_ODD_WEIGHTS
      LOCKSTEP_TWO_CHANNELS(0, 1, 4, 5, 6, 7)
      LOCKSTEP_EVEN_WEIGHTS
      LOCKSTEP_TWO_CHANNELS(2, 3, 8, 9, 10, 11)
      LOCKSTEP_ODD_WEIGHTS
      LOCKSTEP_TWO_CHANNELS(4, 5, 4, 5, 6, 7)
      "subs %[left], %[left], #1\n"
      LOCKSTEP_TWO_CHANNELS(6, 7, 8, 9, 10, 11)
      "b.ne 2b\n"
      "st1 {v16.4s, v17.4s, v18.4s, v19.4s}, [%[sums]], #64\n"
      "st1 {v20.4s, v21.4s, v22.4s, v23.4s}, [%[sums]], #64\n"
      "st1 {v24.4s, v25.4s, v26.4s, v27.4s}, [%[sums]], #64\n"
      "st1 {v28.4s, v29.4s, v30.4s, v31.4s}, [%[sums]]\n"
      : [x] "+r"(x), [w] "+r"(w), [sums] "+r"(sums), [left] "+r"(left)
      : [added] "r"(added)
      : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v16", "v17", "v18",
        "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31");
}

#else

// Two input channels with eight output channels: the tiles' lanes lie in a register d each.
#define LOCKSTEP_TILE_LANES(x, acc0, acc1, a, b, w0, w1, w2, w3)               \
  "vmlal.s16 q" #acc0 ", d" #w0 ", d" #x "[" #a "]\n"                          \
  "vmlal.s16 q" #acc1 ", d" #w1 ", d" #x "[" #a "]\n"                          \
  "vmlal.s16 q" #acc0 ", d" #w2 ", d" #x "[" #b "]\n"                          \
  "vmlal.s16 q" #acc1 ", d" #w3 ", d" #x "[" #b "]\n"
#define LOCKSTEP_TWO_CHANNELS(x0, x1, x2, x3, a, b, w0, w1, w2, w3)            \
  LOCKSTEP_TILE_LANES(x0, 8, 9, a, b, w0, w1, w2, w3)                          \
  LOCKSTEP_TILE_LANES(x1, 10, 11, a, b, w0, w1, w2, w3)                        \
  LOCKSTEP_TILE_LANES(x2, 12, 13, a, b, w0, w1, w2, w3)                        \
  LOCKSTEP_TILE_LANES(x3, 14, 15, a, b, w0, w1, w2, w3)
#define LOCKSTEP_EVEN_WEIGHTS "vld1.16 {d8-d11}, [%[w]], %[step]\n"
#define LOCKSTEP_ODD_WEIGHTS "vld1.16 {d12-d15}, [%[w]], %[step]\n"

void MultiplyHalf(const int16_t* x, const int16_t* w, int32_t* sums, int32_t left, int32_t added) {
  constexpr int32_t kStep = 64;
  __asm__ volatile(
      "cmp %[added], #0\n"
      "beq 1f\n"
      "vld1.32 {d16-d19}, [%[sums]], %[step]\n"
      "vld1.32 {d20-d23}, [%[sums]], %[step]\n"
      "vld1.32 {d24-d27}, [%[sums]], %[step]\n"
      "vld1.32 {d28-d31}, [%[sums]]\n"
      "sub %[sums], %[sums], #192\n"
      "b 2f\n"
      "1:\n"
      "vmov.i32 q8, #0\n" "vmov.i32 q9, #0\n" "vmov.i32 q10, #0\n" "vmov.i32 q11, #0\n"
      "vmov.i32 q12, #0\n" "vmov.i32 q13, #0\n" "vmov.i32 q14, #0\n" "vmov.i32 q15, #0\n"
      "2:\n"
      LOCKSTEP_EVEN_WEIGHTS
      "vld1.16 {d0-d3}, [%[x]]!\n"
      "vld1.16 {d4-d7}, [%[x]]!\n"
      LOCKSTEP_ODD_WEIGHTS
      LOCKSTEP_TWO_CHANNELS(0, 2, 4, 6, 0, 1, 8, 9, 10, 11)
      LOCKSTEP_EVEN_WEIGHTS
      LOCKSTEP_TWO_CHANNELS(0, 2, 4, 6, 2, 3, 12, 13, 14, 15)
      LOCKSTEP_ODD_WEIGHTS
      LOCKSTEP_TWO_CHANNELS(1, 3, 5, 7, 0, 1, 8, 9, 10, 11)
      "subs %[left], %[left], #1\n"
      LOCKSTEP_TWO_CHANNELS(1, 3, 5, 7, 2, 3, 12, 13, 14, 15)
      "bne 2b\n"
      "vst1.32 {d16-d19}, [%[sums]], %[step]\n"
      "vst1.32 {d20-d23}, [%[sums]], %[step]\n"
      "vst1.32 {d24-d27}, [%[sums]], %[step]\n"
      "vst1.32 {d28-d31}, [%[sums]]\n"
      : [x] "+r"(x), [w] "+r"(w), [sums] "+r"(sums), [left] "+r"(left)
      : [added] "r"(added), [step] "r"(kStep)
      : "cc", "memory", "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10", "q11", "q12", "q13", "q14",
        "q15");
}

void MultiplyPosition(const WinogradProduct& product) {
  for (int half = 0; half < 2; ++half) {
    MultiplyHalf(product.x, product.w + 16 * half, product.to + 8 * half, product.eights,
                 product.add ? 1 : 0);
  }
}

#endif
// clang-format on

#undef LOCKSTEP_TILE_LANES
#undef LOCKSTEP_TWO_CHANNELS
#undef LOCKSTEP_EVEN_WEIGHTS
#undef LOCKSTEP_ODD_WEIGHTS

}  // namespace
}  // namespace lockstep::kernels
