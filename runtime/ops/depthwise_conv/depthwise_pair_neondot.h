// Two output rows of 3x3 at a time, of stride 1: a column of four rows, interleaved once, meets the weights of the
// first row, whose fourth is zero, and those of the second, whose first is zero. A part of
// depthwise_rows_u8s8_neondot.cpp.
#pragma once

#include "gemm/neon_tile_bytes.h"
#include "gemm/neon_tiles.h"
#include "ops/depthwise_conv/depthwise_3x3_aarch64.h"

namespace lockstep::kernels {
namespace {

// For LOCKSTEP_NARROW_BYTES.
bool HasNarrowShifts(const DepthwiseLayer& layer) {
  const auto* block = reinterpret_cast<const DepthwiseBlock*>(layer.state);
  int32x4_t low = vdupq_n_s32(0);
  int32x4_t high = vdupq_n_s32(-kNarrowedBits - 1);
  for (int64_t i = 0; i < DepthwiseBlocks(layer.channels); ++i) {
    Unroll<kSumVectors>([&](auto v) {
      const int32x4_t shift = vld1q_s32(block[i].left_shift + v * kSumLanes);
      low = vminq_s32(low, shift);
      high = vmaxq_s32(high, shift);
    });
  }
  return vminvq_s32(low) >= -kNarrowedBits - 7 && vmaxvq_s32(high) == -kNarrowedBits - 1;
}

// clang-format off
#define LOCKSTEP_PAIR_INTERLEAVE(c0, c1, c2, c3)     \
  "ld1 {v8.16b}, [%[x0]], %[s0]\n"                   \
  "ld1 {v9.16b}, [%[x1]], %[s1]\n"                   \
  "ld1 {v10.16b}, [%[x2]], %[s2]\n"                  \
  "ld1 {v11.16b}, [%[x3]], %[s3]\n"                  \
  "eor v8.16b, v8.16b, v30.16b\n"                    \
  "eor v9.16b, v9.16b, v30.16b\n"                    \
  "eor v10.16b, v10.16b, v30.16b\n"                  \
  "eor v11.16b, v11.16b, v30.16b\n"                  \
  "zip1 v" #c0 ".16b, v8.16b, v9.16b\n"              \
  "zip2 v" #c2 ".16b, v8.16b, v9.16b\n"              \
  "zip1 v8.16b, v10.16b, v11.16b\n"                  \
  "zip2 v9.16b, v10.16b, v11.16b\n"                  \
  "zip2 v" #c1 ".8h, v" #c0 ".8h, v8.8h\n"           \
  "zip1 v" #c0 ".8h, v" #c0 ".8h, v8.8h\n"           \
  "zip2 v" #c3 ".8h, v" #c2 ".8h, v9.8h\n"           \
  "zip1 v" #c2 ".8h, v" #c2 ".8h, v9.8h\n"

// `next`: to the next column's weights.
#define LOCKSTEP_PAIR_COLUMN(next, c0, c1, c2, c3)                            \
  "ld1 {v8.16b, v9.16b, v10.16b, v11.16b}, [%[weights]], " next "\n"          \
  "sdot v0.4s, v8.16b, v" #c0 ".16b\n"                                        \
  "sdot v1.4s, v9.16b, v" #c1 ".16b\n"                                        \
  "sdot v2.4s, v10.16b, v" #c2 ".16b\n"                                       \
  "sdot v3.4s, v11.16b, v" #c3 ".16b\n"                                       \
  "ld1 {v8.16b, v9.16b, v10.16b, v11.16b}, [%[lower]], " next "\n"            \
  "sdot v4.4s, v8.16b, v" #c0 ".16b\n"                                        \
  "sdot v5.4s, v9.16b, v" #c1 ".16b\n"                                        \
  "sdot v6.4s, v10.16b, v" #c2 ".16b\n"                                       \
  "sdot v7.4s, v11.16b, v" #c3 ".16b\n"

#define LOCKSTEP_PAIR_BYTES(a, b, c, d)              \
  LOCKSTEP_MULTIPLY_BY(a, b, c, d, 12, 13, 14, 15)   \
  LOCKSTEP_NARROW_BYTES(a, b, c, d, 28, 29)

#define LOCKSTEP_PAIR_A 16, 17, 18, 19
#define LOCKSTEP_PAIR_B 20, 21, 22, 23
#define LOCKSTEP_PAIR_C 24, 25, 26, 27
#define LOCKSTEP_PAIR_EXPAND(macro, ...) macro(__VA_ARGS__)
#define LOCKSTEP_PAIR_LOAD(column) LOCKSTEP_PAIR_EXPAND(LOCKSTEP_PAIR_INTERLEAVE, LOCKSTEP_PAIR_##column)
#define LOCKSTEP_PAIR_PIXEL(a, b, c)                                                  \
  "ld1 {v0.4s, v1.4s, v2.4s, v3.4s}, [%[starts]]\n"                                   \
  "ld1 {v4.4s, v5.4s, v6.4s, v7.4s}, [%[starts]]\n"                                   \
  LOCKSTEP_PAIR_EXPAND(LOCKSTEP_PAIR_COLUMN, "#64", LOCKSTEP_PAIR_##a)                \
  LOCKSTEP_PAIR_EXPAND(LOCKSTEP_PAIR_COLUMN, "#64", LOCKSTEP_PAIR_##b)                \
  LOCKSTEP_PAIR_EXPAND(LOCKSTEP_PAIR_COLUMN, "%[back]", LOCKSTEP_PAIR_##c)            \
  LOCKSTEP_PAIR_BYTES(0, 1, 2, 3)                                                     \
  LOCKSTEP_PAIR_BYTES(4, 5, 6, 7)
#define LOCKSTEP_PAIR_STORE                          \
  "st1 {v0.16b}, [%[out]], %[out_step]\n"            \
  "st1 {v4.16b}, [%[below]], %[out_step]\n"
#define LOCKSTEP_PAIR_PADDING LOCKSTEP_PADDING_NEXT "mov %[x3], %[padding]\n"

void RunPair(const Row3x3& row) {
  const uint8_t *x0, *x1, *x2, *x3;
  int64_t s0, s1, s2, s3;
  int64_t count = row.count;
  int64_t last = row.last;
  uint8_t* out = row.out;
  uint8_t* below = row.out + row.out_row;
  const int8_t* weights = row.weights;
  const int8_t* lower = row.weights - 1;
  __asm__ volatile(
      "movi v30.16b, #0x80\n"
      "ld1 {v12.4s, v13.4s, v14.4s, v15.4s}, [%[multipliers]]\n"
      "ld1 {v0.4s, v1.4s, v2.4s, v3.4s}, [%[shifts]]\n"
      "movi v4.8h, #3\n"
      "xtn v28.4h, v0.4s\n"
      "xtn v29.4h, v2.4s\n"
      "xtn2 v28.8h, v1.4s\n"
      "xtn2 v29.8h, v3.4s\n"
      "add v28.8h, v28.8h, v4.8h\n"
      "add v29.8h, v29.8h, v4.8h\n"
      "ldp %[x0], %[x1], [%[row]]\n"
      "ldp %[x2], %[x3], [%[row], #16]\n"
      "mov %[s0], #0\n"
      "mov %[s1], #0\n"
      "mov %[s2], #0\n"
      "mov %[s3], #0\n"
      LOCKSTEP_PAIR_LOAD(A)
      "ldp %[x0], %[x1], [%[row], #32]\n"
      "ldp %[x2], %[x3], [%[row], #48]\n"
      "ldp %[s0], %[s1], [%[row], #64]\n"
      "ldp %[s2], %[s3], [%[row], #80]\n"
      LOCKSTEP_STRIDE_1_OF(LOCKSTEP_PAIR_LOAD, LOCKSTEP_PAIR_PIXEL, LOCKSTEP_PAIR_STORE, LOCKSTEP_PAIR_PADDING)
      : [x0] "=&r"(x0), [x1] "=&r"(x1), [x2] "=&r"(x2), [x3] "=&r"(x3), [s0] "=&r"(s0), [s1] "=&r"(s1), [s2] "=&r"(s2),
        [s3] "=&r"(s3), [count] "+r"(count), [last] "+r"(last), [out] "+r"(out), [below] "+r"(below),
        [weights] "+r"(weights), [lower] "+r"(lower)
      : [row] "r"(&row), [out_step] "r"(row.out_step), [padding] "r"(row.padding), [starts] "r"(row.block->start),
        [multipliers] "r"(row.block->multiplier), [shifts] "r"(row.block->left_shift), [back] "r"(int64_t{-2 * 64})
      : LOCKSTEP_ALL_VECTORS);
}
// clang-format on

}  // namespace
}  // namespace lockstep::kernels
