// Pixels and weights in the order in which the tiles with i8mm read them.
#pragma once

#include "gemm/neon_tiles.h"

namespace lockstep::kernels {
namespace {

// Of two quads of half a block's weights, or of a panel's pixels: four vectors of two channels or pixels.
constexpr int64_t kPairBytes = 64;

struct Packed {
  int64_t steps;    // pairs of quads
  int8_t* weights;  // of the first half of a block, then of the other
  uint8_t* panels;  // of pixels

  explicit Packed(const ConvRow& row)
      : steps(int64_t{row.segment_count} * ((row.quads + 1) / 2)),
        weights(static_cast<int8_t*>(row.packed)),
        panels(static_cast<uint8_t*>(row.packed) + 2 * steps * kPairBytes) {}
};

// clang-format off
#define LOCKSTEP_EACH_PIXEL(what) \
  what(x0, 0, 1) what(x1, 2, 3) what(x2, 4, 5) what(x3, 6, 7) what(x4, 16, 17) what(x5, 18, 19) what(x6, 20, 21) what(x7, 22, 23)
#define LOCKSTEP_LOAD_32(x, a, b) "ld1 {v" #a ".16b, v" #b ".16b}, [%[" #x "]], #32\n"
#define LOCKSTEP_LOAD_16(x, a, b) "ldr q" #a ", [%[" #x "]], #16\n"
#define LOCKSTEP_ZIP(zip, a, b, c, d, e, f, g, h)                     \
  #zip " v24.2d, v" #a ".2d, v" #b ".2d\n"                            \
  #zip " v25.2d, v" #c ".2d, v" #d ".2d\n"                            \
  #zip " v26.2d, v" #e ".2d, v" #f ".2d\n"                            \
  #zip " v27.2d, v" #g ".2d, v" #h ".2d\n"                            \
  LOCKSTEP_STORE_64
#define LOCKSTEP_STORE_64 "st1 {v24.16b, v25.16b, v26.16b, v27.16b}, [%[to]], #64\n"
#define LOCKSTEP_PAIR_8(v, a, b)                                      \
  "ldr d" #v ", [%[" #a "]], #8\n"                                    \
  "ld1 {v" #v ".d}[1], [%[" #b "]], #8\n"
#define LOCKSTEP_PAIR_4(v, a, b)                                      \
  "ldr s" #v ", [%[" #a "]]\n"                                        \
  "ld1 {v" #v ".s}[2], [%[" #b "]]\n"
#define LOCKSTEP_EACH_PAIR(what) what(24, x0, x1) what(25, x2, x3) what(26, x4, x5) what(27, x6, x7)

// A segment of eight pixels. The last quad of an odd number has zeros for its neighbour.
[[gnu::always_inline]] inline void PackSegment(const uint8_t* from, const ptrdiff_t (&offset)[kPanelPixels],
                                               int64_t quads, uint8_t** to) {
  const uint8_t* x0 = from + offset[0];
  const uint8_t* x1 = from + offset[1];
  const uint8_t* x2 = from + offset[2];
  const uint8_t* x3 = from + offset[3];
  const uint8_t* x4 = from + offset[4];
  const uint8_t* x5 = from + offset[5];
  const uint8_t* x6 = from + offset[6];
  const uint8_t* x7 = from + offset[7];
  __asm__ volatile(
      "subs %[left], %[left], #8\n"
      "b.lt 2f\n"
      "1:\n"
      LOCKSTEP_EACH_PIXEL(LOCKSTEP_LOAD_32)
      LOCKSTEP_ZIP(zip1, 0, 2, 4, 6, 16, 18, 20, 22)
      LOCKSTEP_ZIP(zip2, 0, 2, 4, 6, 16, 18, 20, 22)
      LOCKSTEP_ZIP(zip1, 1, 3, 5, 7, 17, 19, 21, 23)
      LOCKSTEP_ZIP(zip2, 1, 3, 5, 7, 17, 19, 21, 23)
      "subs %[left], %[left], #8\n"
      "b.ge 1b\n"
      "2:\n"
      "tbz %[left], #2, 3f\n"
      LOCKSTEP_EACH_PIXEL(LOCKSTEP_LOAD_16)
      LOCKSTEP_ZIP(zip1, 0, 2, 4, 6, 16, 18, 20, 22)
      LOCKSTEP_ZIP(zip2, 0, 2, 4, 6, 16, 18, 20, 22)
      "3:\n"
      "tbz %[left], #1, 4f\n"
      LOCKSTEP_EACH_PAIR(LOCKSTEP_PAIR_8)
      LOCKSTEP_STORE_64
      "4:\n"
      "tbz %[left], #0, 5f\n"
      LOCKSTEP_EACH_PAIR(LOCKSTEP_PAIR_4)
      LOCKSTEP_STORE_64
      "5:\n"
      : [to] "+r"(*to), [left] "+r"(quads), [x0] "+r"(x0), [x1] "+r"(x1), [x2] "+r"(x2), [x3] "+r"(x3), [x4] "+r"(x4),
        [x5] "+r"(x5), [x6] "+r"(x6), [x7] "+r"(x7)
      :
      : LOCKSTEP_ALL_VECTORS);
}

// `pairs` pairs of quads: of every four channels two vectors of two.
void Interleave(const int8_t** weights, int64_t pairs, int8_t** low, int8_t** high) {
  __asm__ volatile(
      "1:\n"
      "ldp q0, q2, [%[from]], #32\n"
      "ldp q4, q6, [%[from]], #32\n"
      "ldp q1, q3, [%[from]], #32\n"
      "ldp q5, q7, [%[from]], #32\n"
      "subs %[pairs], %[pairs], #1\n"
      "st2 {v0.4s, v1.4s}, [%[low]], #32\n"
      "st2 {v2.4s, v3.4s}, [%[low]], #32\n"
      "st2 {v4.4s, v5.4s}, [%[high]], #32\n"
      "st2 {v6.4s, v7.4s}, [%[high]], #32\n"
      "b.ne 1b\n"
      : [from] "+r"(*weights), [low] "+r"(*low), [high] "+r"(*high), [pairs] "+r"(pairs)
      :
      : LOCKSTEP_ALL_VECTORS);
}
// clang-format on

void InterleaveBlock(const ConvRow& row, const int8_t* weights, const Packed& packed) {
  int8_t* low = packed.weights;
  int8_t* high = low + packed.steps * kPairBytes;
  for (int32_t segment = 0; segment < row.segment_count; ++segment) {
    if (row.quads > 1) Interleave(&weights, row.quads / 2, &low, &high);
    if (row.quads % 2 == 0) continue;
    alignas(16) int8_t two[2 * kQuadBytes] = {};
    for (int i = 0; i < kQuadBytes; i += 16) vst1q_s8(two + i, vld1q_s8(weights + i));
    const int8_t* from = two;
    Interleave(&from, 1, &low, &high);
    weights += kQuadBytes;
  }
}

// The next `count` pixels of a walk which has `left` more; behind the last pixel comes that pixel once more.
void PackPixels(const ConvRow& row, int32_t count, int32_t left, PixelWalk* walk, uint8_t* to) {
  for (int32_t pixel = 0; pixel < count; pixel += kPanelPixels) {
    ptrdiff_t offset[kPanelPixels];
    if (left > kPanelPixels && walk->InRow(kPanelPixels) == kPanelPixels) {
      Unroll<kPanelPixels>([&](auto p) { offset[p] = walk->offset + p * walk->step; });
      walk->Next(kPanelPixels);
      left -= kPanelPixels;
    } else {
      Unroll<kPanelPixels>([&](auto p) {
        offset[p] = walk->offset;
        if (--left > 0) walk->Next();
      });
    }
    for (int32_t segment = 0; segment < row.segment_count; ++segment) {
      PackSegment(row.segments[segment], offset, row.quads, &to);
    }
  }
}

}  // namespace
}  // namespace lockstep::kernels
