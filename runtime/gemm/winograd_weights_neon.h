// The transformation of a quad of input channels by sixteen output channels of weights, in two passes: over the columns
// of a kernel, then over the rows of what this gives. As assembler, for gcc makes no use of loads and stores of four
// registers. A part of winograd_u8s8_neon.cpp, which alone includes it.
#pragma once

#include "gemm/winograd_tiles.h"

namespace lockstep::kernels {
namespace {

constexpr int kColumns = 3;                         // of a kernel
constexpr int kQuarter = 32;                        // weights of a quad that are transformed at once, half of them
constexpr int kRowBytes = kColumns * 2 * kQuarter;  // between the passes

// clang-format off
#if defined(__aarch64__)

// Four vectors: of two input channels, a and b, the first eight output channels and the others.
#define LOCKSTEP_STORE(a, b, c, d, step) "st1 {v" #a ".8h, v" #b ".8h, v" #c ".8h, v" #d ".8h}, [%[to]], %[" step "]\n"
#define LOCKSTEP_WIDEN(op, to0, to1, to2, to3, a, b)                           \
  op " v" #to0 ".8h, v" #a ".8b\n"                                             \
  op " v" #to1 ".8h, v" #b ".8b\n"                                             \
  op "2 v" #to2 ".8h, v" #a ".16b\n"                                           \
  op "2 v" #to3 ".8h, v" #b ".16b\n"
#define LOCKSTEP_LONG(op, a0, b0, a1, b1)                                      \
  op " v20.8h, v" #a0 ".8b, v" #a1 ".8b\n"                                     \
  op " v21.8h, v" #b0 ".8b, v" #b1 ".8b\n"                                     \
  op "2 v22.8h, v" #a0 ".16b, v" #a1 ".16b\n"                                  \
  op "2 v23.8h, v" #b0 ".16b, v" #b1 ".16b\n"
#define LOCKSTEP_WIDE(op, a, b)                                                \
  op " v24.8h, v20.8h, v" #a ".8b\n"                                           \
  op " v25.8h, v21.8h, v" #b ".8b\n"                                           \
  op "2 v26.8h, v22.8h, v" #a ".16b\n"                                         \
  op "2 v27.8h, v23.8h, v" #b ".16b\n"
#define LOCKSTEP_HALVES(op, to0, to1, to2, to3, a0, a1, a2, a3, b0, b1, b2, b3) \
  op " v" #to0 ".8h, v" #a0 ".8h, v" #b0 ".8h\n"                               \
  op " v" #to1 ".8h, v" #a1 ".8h, v" #b1 ".8h\n"                               \
  op " v" #to2 ".8h, v" #a2 ".8h, v" #b2 ".8h\n"                               \
  op " v" #to3 ".8h, v" #a3 ".8h, v" #b3 ".8h\n"
// Taps g, h and k of input channels a and b.
#define LOCKSTEP_PAIR(ga, gb, ha, hb, ka, kb)                                  \
  LOCKSTEP_WIDEN("sxtl", 24, 25, 26, 27, ga, gb)                               \
  LOCKSTEP_STORE(24, 25, 26, 27, "row")                                        \
  LOCKSTEP_LONG("saddl", ga, gb, ka, kb)                                       \
  LOCKSTEP_WIDE("saddw", ha, hb)                                               \
  LOCKSTEP_STORE(24, 25, 26, 27, "row")                                        \
  LOCKSTEP_WIDE("ssubw", ha, hb)                                               \
  LOCKSTEP_STORE(24, 25, 26, 27, "row")                                        \
  LOCKSTEP_LONG("smlal", ka, kb, 28, 28)                                       \
  LOCKSTEP_LONG("smlal", ha, hb, 29, 29)                                       \
  LOCKSTEP_STORE(20, 21, 22, 23, "row")                                        \
  LOCKSTEP_LONG("smlsl", ha, hb, 30, 30)                                       \
  LOCKSTEP_STORE(20, 21, 22, 23, "row")                                        \
  LOCKSTEP_WIDEN("sxtl", 24, 25, 26, 27, ka, kb)                               \
  LOCKSTEP_STORE(24, 25, 26, 27, "row")

#define LOCKSTEP_WIDE_PAIR(ga, gb, ha, hb, ka, kb)                             \
  LOCKSTEP_WIDEN("sxtl", 24, 25, 26, 27, ga, gb)                               \
  LOCKSTEP_STORE(24, 25, 26, 27, "row")                                        \
  LOCKSTEP_LONG("saddl", ga, gb, ka, kb)                                       \
  LOCKSTEP_STORE(20, 21, 22, 23, "row")                                        \
  LOCKSTEP_LONG("ssubl", ga, gb, ka, kb)                                       \
  LOCKSTEP_STORE(20, 21, 22, 23, "row")                                        \
  LOCKSTEP_LONG("smlal", ka, kb, 28, 28)                                       \
  LOCKSTEP_STORE(20, 21, 22, 23, "row")                                        \
  LOCKSTEP_WIDEN("sxtl", 24, 25, 26, 27, ka, kb)                               \
  LOCKSTEP_STORE(24, 25, 26, 27, "row")                                        \
  LOCKSTEP_WIDEN("sxtl", 24, 25, 26, 27, ha, hb)                               \
  LOCKSTEP_STORE(24, 25, 26, 27, "row")

// To [pair of input channels][row of six][column of three][32].
[[gnu::noinline]] void TransformColumn(int32_t stride, const int8_t* taps, ptrdiff_t row_step, int16_t* to) {
  const int8_t* h = taps + row_step;
  const int8_t* k = h + row_step;
  constexpr int64_t kRow = kRowBytes;
  __asm__ volatile(
      "movi v28.16b, #3\n" "movi v29.16b, #2\n" "movi v30.16b, #4\n"
      "ld4 {v0.16b, v1.16b, v2.16b, v3.16b}, [%[g]]\n"
      "ld4 {v4.16b, v5.16b, v6.16b, v7.16b}, [%[h]]\n"
      "ld4 {v16.16b, v17.16b, v18.16b, v19.16b}, [%[k]]\n"
      "tbnz %w[stride], #1, 1f\n"
      LOCKSTEP_PAIR(0, 1, 4, 5, 16, 17)
      LOCKSTEP_PAIR(2, 3, 6, 7, 18, 19)
      "b 2f\n"
      "1:\n"
      LOCKSTEP_WIDE_PAIR(0, 1, 4, 5, 16, 17)
      LOCKSTEP_WIDE_PAIR(2, 3, 6, 7, 18, 19)
      "2:\n"
      : [to] "+r"(to)
      : [g] "r"(taps), [h] "r"(h), [k] "r"(k), [row] "r"(kRow), [stride] "r"(stride)
      : "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v16", "v17", "v18", "v19", "v20", "v21", "v22",
        "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30");
}

// What both strides begin with: the first of six, and the sum of the outer two.
#define LOCKSTEP_ROW_OF_WEIGHTS                                                \
  "ld1 {v0.8h, v1.8h, v2.8h, v3.8h}, [%[from]], #64\n"                         \
  "ld1 {v4.8h, v5.8h, v6.8h, v7.8h}, [%[from]], #64\n"                         \
  "ld1 {v16.8h, v17.8h, v18.8h, v19.8h}, [%[from]], #64\n"                     \
  LOCKSTEP_STORE(0, 1, 2, 3, "bytes")                                          \
  LOCKSTEP_HALVES("add", 20, 21, 22, 23, 0, 1, 2, 3, 16, 17, 18, 19)

// Six rows of 32 weights.
[[gnu::noinline]] void TransformRows(int32_t stride, const int16_t* from, int16_t* to, ptrdiff_t step) {
  int32_t left = kWinogradSide;
  const ptrdiff_t bytes = step * static_cast<ptrdiff_t>(sizeof(int16_t));
  __asm__ volatile(
      "movi v28.8h, #3\n" "movi v29.8h, #2\n" "movi v30.8h, #4\n"
      "tbnz %w[stride], #1, 2f\n"
      "1:\n"
      LOCKSTEP_ROW_OF_WEIGHTS
      LOCKSTEP_HALVES("add", 24, 25, 26, 27, 20, 21, 22, 23, 4, 5, 6, 7)
      LOCKSTEP_STORE(24, 25, 26, 27, "bytes")
      LOCKSTEP_HALVES("sub", 24, 25, 26, 27, 20, 21, 22, 23, 4, 5, 6, 7)
      LOCKSTEP_STORE(24, 25, 26, 27, "bytes")
      LOCKSTEP_HALVES("mla", 20, 21, 22, 23, 16, 17, 18, 19, 28, 28, 28, 28)
      LOCKSTEP_HALVES("mla", 20, 21, 22, 23, 4, 5, 6, 7, 29, 29, 29, 29)
      LOCKSTEP_STORE(20, 21, 22, 23, "bytes")
      LOCKSTEP_HALVES("mls", 20, 21, 22, 23, 4, 5, 6, 7, 30, 30, 30, 30)
      LOCKSTEP_STORE(20, 21, 22, 23, "bytes")
      "subs %w[left], %w[left], #1\n"
      LOCKSTEP_STORE(16, 17, 18, 19, "bytes")
      "b.ne 1b\n"
      "b 3f\n"
      "2:\n"
      LOCKSTEP_ROW_OF_WEIGHTS
      LOCKSTEP_STORE(20, 21, 22, 23, "bytes")
      LOCKSTEP_HALVES("sub", 20, 21, 22, 23, 0, 1, 2, 3, 16, 17, 18, 19)
      LOCKSTEP_STORE(20, 21, 22, 23, "bytes")
      LOCKSTEP_HALVES("mla", 20, 21, 22, 23, 16, 17, 18, 19, 28, 28, 28, 28)
      LOCKSTEP_STORE(20, 21, 22, 23, "bytes")
      LOCKSTEP_STORE(16, 17, 18, 19, "bytes")
      "subs %w[left], %w[left], #1\n"
      LOCKSTEP_STORE(4, 5, 6, 7, "bytes")
      "b.ne 2b\n"
      "3:\n"
      : [from] "+r"(from), [to] "+r"(to), [left] "+r"(left)
      : [bytes] "r"(bytes), [stride] "r"(stride)
      : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v16", "v17", "v18", "v19", "v20", "v21", "v22",
        "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30");
}

// Of two input channels the first eight output channels come first: [input channel / 2][half][input channel % 2][8].
void TransformQuad(int32_t stride, const int8_t* weights, ptrdiff_t tap_step, int16_t* to, ptrdiff_t step) {
  int16_t between[2][kWinogradSide][kColumns][kQuarter];
  for (int i = 0; i < kColumns; ++i) TransformColumn(stride, weights + i * tap_step, kColumns * tap_step, between[0][0][i]);
  for (int i = 0; i < 2; ++i) TransformRows(stride, between[i][0][0], to + i * kQuarter, step);
}

#undef LOCKSTEP_WIDEN
#undef LOCKSTEP_LONG
#undef LOCKSTEP_WIDE
#undef LOCKSTEP_PAIR
#undef LOCKSTEP_WIDE_PAIR
#undef LOCKSTEP_HALVES
#undef LOCKSTEP_ROW_OF_WEIGHTS

#else

#define LOCKSTEP_FOUR(op, to0, to1, to2, to3, a0, a1, a2, a3, more)            \
  op " q" #to0 ", " a0 more "\n"                                               \
  op " q" #to1 ", " a1 more "\n"                                               \
  op " q" #to2 ", " a2 more "\n"                                               \
  op " q" #to3 ", " a3 more "\n"
#define LOCKSTEP_STORE(first, last) "vstmia %[to], {d" first "-d" last "}\n" "add %[to], %[to], %[step]\n"

// Eight output channels of four input channels, to [row of six][column of three][32].
[[gnu::noinline]] void TransformColumn(int32_t stride, const int8_t* taps, ptrdiff_t row_step, int16_t* to) {
  constexpr int32_t kRow = kRowBytes;
  __asm__ volatile(
      "vmov.i8 d12, #3\n"
      "vld4.8 {d0-d3}, [%[taps]], %[row_step]\n"
      "vld4.8 {d4-d7}, [%[taps]], %[row_step]\n"
      "vld4.8 {d8-d11}, [%[taps]]\n"
      LOCKSTEP_FOUR("vmovl.s8", 8, 9, 10, 11, "d0", "d1", "d2", "d3", "")
      LOCKSTEP_STORE("16", "23")
      "vaddl.s8 q8, d0, d8\n" "vaddl.s8 q9, d1, d9\n" "vaddl.s8 q10, d2, d10\n" "vaddl.s8 q11, d3, d11\n"
      "cmp %[stride], #1\n"
      "bne 1f\n"
      LOCKSTEP_FOUR("vaddw.s8", 12, 13, 14, 15, "q8, d4", "q9, d5", "q10, d6", "q11, d7", "")
      LOCKSTEP_STORE("24", "31")
      LOCKSTEP_FOUR("vsubw.s8", 12, 13, 14, 15, "q8, d4", "q9, d5", "q10, d6", "q11, d7", "")
      LOCKSTEP_STORE("24", "31")
      LOCKSTEP_FOUR("vmlal.s8", 8, 9, 10, 11, "d8", "d9", "d10", "d11", ", d12")
      LOCKSTEP_FOUR("vshll.s8", 12, 13, 14, 15, "d4", "d5", "d6", "d7", ", #1")
      LOCKSTEP_FOUR("vadd.i16", 0, 1, 2, 3, "q8, q12", "q9, q13", "q10, q14", "q11, q15", "")
      LOCKSTEP_STORE("0", "7")
      LOCKSTEP_FOUR("vsub.i16", 0, 1, 2, 3, "q8, q12", "q9, q13", "q10, q14", "q11, q15", "")
      LOCKSTEP_STORE("0", "7")
      LOCKSTEP_FOUR("vmovl.s8", 8, 9, 10, 11, "d8", "d9", "d10", "d11", "")
      "b 2f\n"
      "1:\n"
      LOCKSTEP_STORE("16", "23")
      "vsubl.s8 q8, d0, d8\n" "vsubl.s8 q9, d1, d9\n" "vsubl.s8 q10, d2, d10\n" "vsubl.s8 q11, d3, d11\n"
      LOCKSTEP_STORE("16", "23")
      LOCKSTEP_FOUR("vmlal.s8", 8, 9, 10, 11, "d8", "d9", "d10", "d11", ", d12")
      LOCKSTEP_STORE("16", "23")
      LOCKSTEP_FOUR("vmovl.s8", 8, 9, 10, 11, "d8", "d9", "d10", "d11", "")
      LOCKSTEP_STORE("16", "23")
      LOCKSTEP_FOUR("vmovl.s8", 8, 9, 10, 11, "d4", "d5", "d6", "d7", "")
      "2:\n"
      "vstmia %[to], {d16-d23}\n"
      : [to] "+r"(to), [taps] "+r"(taps)
      : [row_step] "r"(row_step), [step] "r"(kRow), [stride] "r"(stride)
      : "cc", "memory", "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q8", "q9", "q10", "q11", "q12", "q13", "q14", "q15");
}

// Six rows of 32 weights.
[[gnu::noinline]] void TransformRows(int32_t stride, const int16_t* from, int16_t* to, ptrdiff_t step) {
  int32_t left = kWinogradSide;
  const ptrdiff_t bytes = step * static_cast<ptrdiff_t>(sizeof(int16_t));
  int16_t* last = to + (kWinogradSide - 1) * step;
  const ptrdiff_t row = kWinogradSide * bytes;
  __asm__ volatile(
      "1:\n"
      "vldmia %[from]!, {d0-d7}\n"
      "vldmia %[from]!, {d8-d15}\n"
      "vldmia %[from]!, {d16-d23}\n"
      LOCKSTEP_STORE("0", "7")
      "cmp %[stride], #1\n"
      "bne 2f\n"
      "vstmia %[last], {d16-d23}\n"
      "add %[last], %[last], %[row]\n"
      LOCKSTEP_FOUR("vadd.i16", 12, 13, 14, 15, "q0, q8", "q1, q9", "q2, q10", "q3, q11", "")
      LOCKSTEP_FOUR("vshl.i16", 8, 9, 10, 11, "q8", "q9", "q10", "q11", ", #2")
      LOCKSTEP_FOUR("vadd.i16", 0, 1, 2, 3, "q0, q8", "q1, q9", "q2, q10", "q3, q11", "")
      LOCKSTEP_FOUR("vadd.i16", 8, 9, 10, 11, "q12, q4", "q13, q5", "q14, q6", "q15, q7", "")
      LOCKSTEP_STORE("16", "23")
      LOCKSTEP_FOUR("vsub.i16", 12, 13, 14, 15, "q12, q4", "q13, q5", "q14, q6", "q15, q7", "")
      LOCKSTEP_STORE("24", "31")
      LOCKSTEP_FOUR("vadd.i16", 4, 5, 6, 7, "q4, q4", "q5, q5", "q6, q6", "q7, q7", "")
      LOCKSTEP_FOUR("vadd.i16", 8, 9, 10, 11, "q0, q4", "q1, q5", "q2, q6", "q3, q7", "")
      LOCKSTEP_STORE("16", "23")
      LOCKSTEP_FOUR("vsub.i16", 12, 13, 14, 15, "q0, q4", "q1, q5", "q2, q6", "q3, q7", "")
      LOCKSTEP_STORE("24", "31")
      "add %[to], %[to], %[step]\n"
      "b 3f\n"
      "2:\n"
      LOCKSTEP_FOUR("vadd.i16", 12, 13, 14, 15, "q0, q8", "q1, q9", "q2, q10", "q3, q11", "")
      LOCKSTEP_STORE("24", "31")
      LOCKSTEP_FOUR("vsub.i16", 0, 1, 2, 3, "q0, q8", "q1, q9", "q2, q10", "q3, q11", "")
      LOCKSTEP_STORE("0", "7")
      LOCKSTEP_FOUR("vadd.i16", 12, 13, 14, 15, "q12, q8", "q13, q9", "q14, q10", "q15, q11", "")
      LOCKSTEP_STORE("24", "31")
      LOCKSTEP_STORE("16", "23")
      LOCKSTEP_STORE("8", "15")
      "3:\n"
      "subs %[left], %[left], #1\n"
      "bne 1b\n"
      : [from] "+r"(from), [to] "+r"(to), [last] "+r"(last), [left] "+r"(left)
      : [step] "r"(bytes), [row] "r"(row), [stride] "r"(stride)
      : "cc", "memory", "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10", "q11", "q12", "q13", "q14",
        "q15");
}

// The first eight output channels come first: [half][input channel][8], of `depth` input channels.
void TransformQuad(int32_t stride, const int8_t* weights, ptrdiff_t tap_step, int32_t depth, int16_t* to, ptrdiff_t step) {
  int16_t between[kWinogradSide][kColumns][kQuarter];
  for (int half = 0; half < 2; ++half, weights += kQuarter, to += ptrdiff_t{depth} * 8) {
    for (int i = 0; i < kColumns; ++i) TransformColumn(stride, weights + i * tap_step, kColumns * tap_step, between[0][i]);
    TransformRows(stride, between[0][0], to, step);
  }
}

#undef LOCKSTEP_FOUR

#endif
// clang-format on

#undef LOCKSTEP_STORE

// To the order that the products take them in.
void TransformAllWeights(int32_t stride, const int8_t* weights, ptrdiff_t tap_step, int32_t depth, int16_t* to,
                         ptrdiff_t step) {
  for (int32_t i = 0; i < depth; i += kWeightQuad) {
#if defined(__aarch64__)
    TransformQuad(stride, weights + i * kBlockChannels, tap_step, to + i * kBlockChannels, step);
#else
    TransformQuad(stride, weights + i * kBlockChannels, tap_step, depth, to + i * 8, step);
#endif
  }
}

}  // namespace
}  // namespace lockstep::kernels
