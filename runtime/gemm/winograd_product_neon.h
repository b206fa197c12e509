// Products of one to four tiles' transformed inputs with a block's transformed weights, at one position. As assembler
// because gcc does not keep the accumulators in registers on ARMv7. A part of winograd_u8s8_neon.cpp, which alone
// includes it.
#pragma once

#include <cstdint>

#include "gemm/winograd_tiles.h"

namespace lockstep::kernels {
namespace {

// clang-format off
#if defined(__aarch64__)

#define LOCKSTEP_SUMS(op, where, acc0, acc1, acc2, acc3)                                                                \
  op " {v" #acc0 ".4s, v" #acc1 ".4s, v" #acc2 ".4s, v" #acc3 ".4s}, [%[" #where "]]\n"
// Two input channels, lanes a and b of a tile's vector, with the weights in four registers.
#define LOCKSTEP_TILE_LANES(x, acc0, acc1, acc2, acc3, a, b, w0, w1, w2, w3)   \
  "smlal v" #acc0 ".4s, v" #w0 ".4h, v" #x ".h[" #a "]\n"                      \
  "smlal2 v" #acc1 ".4s, v" #w0 ".8h, v" #x ".h[" #a "]\n"                     \
  "smlal v" #acc2 ".4s, v" #w2 ".4h, v" #x ".h[" #a "]\n"                      \
  "smlal2 v" #acc3 ".4s, v" #w2 ".8h, v" #x ".h[" #a "]\n"                     \
  "smlal v" #acc0 ".4s, v" #w1 ".4h, v" #x ".h[" #b "]\n"                      \
  "smlal2 v" #acc1 ".4s, v" #w1 ".8h, v" #x ".h[" #b "]\n"                     \
  "smlal v" #acc2 ".4s, v" #w3 ".4h, v" #x ".h[" #b "]\n"                      \
  "smlal2 v" #acc3 ".4s, v" #w3 ".8h, v" #x ".h[" #b "]\n"
#define LOCKSTEP_OF_ONE(...) LOCKSTEP_TILE_LANES(0, 16, 17, 18, 19, __VA_ARGS__)
#define LOCKSTEP_OF_TWO(...) LOCKSTEP_OF_ONE(__VA_ARGS__) LOCKSTEP_TILE_LANES(1, 20, 21, 22, 23, __VA_ARGS__)
#define LOCKSTEP_OF_FOUR(...)                                                  \
  LOCKSTEP_OF_TWO(__VA_ARGS__)                                                 \
  LOCKSTEP_TILE_LANES(2, 24, 25, 26, 27, __VA_ARGS__)                          \
  LOCKSTEP_TILE_LANES(3, 28, 29, 30, 31, __VA_ARGS__)
#define LOCKSTEP_EVEN_WEIGHTS "ld1 {v4.8h, v5.8h, v6.8h, v7.8h}, [%[w]], #64\n"
#define LOCKSTEP_ODD_WEIGHTS "ld1 {v8.8h, v9.8h, v10.8h, v11.8h}, [%[w]], #64\n"
#define LOCKSTEP_EIGHT_CHANNELS(load_x, channels, count)                       \
  LOCKSTEP_EVEN_WEIGHTS                                                        \
  load_x ", [%[x]], %[step]\n"                                                 \
  LOCKSTEP_ODD_WEIGHTS                                                         \
  channels(0, 1, 4, 5, 6, 7)                                                   \
  LOCKSTEP_EVEN_WEIGHTS                                                        \
  channels(2, 3, 8, 9, 10, 11)                                                 \
  LOCKSTEP_ODD_WEIGHTS                                                         \
  channels(4, 5, 4, 5, 6, 7)                                                   \
  count                                                                        \
  channels(6, 7, 8, 9, 10, 11)
#define LOCKSTEP_COUNT "subs %w[left], %w[left], #1\n"
#define LOCKSTEP_DEPTH(load_x, channels)                                       \
  "1:\n" LOCKSTEP_EIGHT_CHANNELS(load_x, channels, LOCKSTEP_COUNT) "b.ne 1b\n"

// Four tiles at a time.
[[gnu::always_inline]] inline void MultiplyFours(const WinogradProduct& product, int64_t groups) {
  constexpr int64_t kStep = 64;
  const int16_t* x = product.x;
  int32_t* const* tiles = product.to;
  const int16_t* w;
  int32_t *to0, *to1, *to2, *to3;
  int32_t left;
  __asm__ volatile(
      "2:\n"
      "ldp %[to0], %[to1], [%[tiles]], #16\n"
      "ldp %[to2], %[to3], [%[tiles]], #16\n"
      "add %[to0], %[to0], %[place]\n"
      "add %[to1], %[to1], %[place]\n"
      "add %[to2], %[to2], %[place]\n"
      "add %[to3], %[to3], %[place]\n"
      "mov %[w], %[weights]\n"
      "mov %w[left], %w[pairs]\n"
      "cbz %[start], 3f\n"
      LOCKSTEP_SUMS("ld1", start, 16, 17, 18, 19) LOCKSTEP_SUMS("ld1", start, 20, 21, 22, 23)
      LOCKSTEP_SUMS("ld1", start, 24, 25, 26, 27) LOCKSTEP_SUMS("ld1", start, 28, 29, 30, 31)
      "b 1f\n"
      "3:\n"
      LOCKSTEP_SUMS("ld1", to0, 16, 17, 18, 19) LOCKSTEP_SUMS("ld1", to1, 20, 21, 22, 23)
      LOCKSTEP_SUMS("ld1", to2, 24, 25, 26, 27) LOCKSTEP_SUMS("ld1", to3, 28, 29, 30, 31)
      // Sixteen channels at a time; an odd eight comes first.
      "1:\n"
      "tbnz %w[eights], #0, 5f\n"
      "4:\n"
      LOCKSTEP_EIGHT_CHANNELS("ld1 {v0.8h, v1.8h, v2.8h, v3.8h}", LOCKSTEP_OF_FOUR, "")
      "5:\n"
      LOCKSTEP_EIGHT_CHANNELS("ld1 {v0.8h, v1.8h, v2.8h, v3.8h}", LOCKSTEP_OF_FOUR, LOCKSTEP_COUNT)
      "b.ne 4b\n"
      LOCKSTEP_SUMS("st1", to0, 16, 17, 18, 19) LOCKSTEP_SUMS("st1", to1, 20, 21, 22, 23)
      LOCKSTEP_SUMS("st1", to2, 24, 25, 26, 27) LOCKSTEP_SUMS("st1", to3, 28, 29, 30, 31)
      "subs %[groups], %[groups], #1\n"
      "add %[x], %[x], %[more]\n"
      "b.ne 2b\n"
      : [x] "+r"(x), [tiles] "+r"(tiles), [groups] "+r"(groups), [w] "=&r"(w), [left] "=&r"(left), [to0] "=&r"(to0),
        [to1] "=&r"(to1), [to2] "=&r"(to2), [to3] "=&r"(to3)
      : [step] "r"(kStep), [place] "r"(product.place * 4), [weights] "r"(product.w), [eights] "r"(product.eights),
        [pairs] "r"((product.eights + 1) / 2),
        [start] "r"(product.start), [more] "r"(product.group_step * 2 - product.eights * kStep)
      : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v16", "v17", "v18",
        "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31");
}

// One or two.
[[gnu::always_inline]] inline void MultiplyRest(const WinogradProduct& product, int32_t first, int32_t count) {
  constexpr int64_t kStep = 64;
  const int16_t* x = product.x + first / kTileGroup * product.group_step;
  const int16_t* w = product.w;
  int32_t left = product.eights;
  int32_t* to0 = product.to[first] + product.place;
  int32_t* to1 = product.to[first + 1] + product.place;
  const int32_t* from0 = product.start != nullptr ? product.start : to0;
  const int32_t* from1 = product.start != nullptr ? product.start : to1;
  if (count == 1) {
    __asm__ volatile(
        LOCKSTEP_SUMS("ld1", from0, 16, 17, 18, 19)
        LOCKSTEP_DEPTH("ld1 {v0.8h}", LOCKSTEP_OF_ONE)
        LOCKSTEP_SUMS("st1", to0, 16, 17, 18, 19)
        : [x] "+r"(x), [w] "+r"(w), [left] "+r"(left)
        : [step] "r"(kStep), [to0] "r"(to0), [from0] "r"(from0)
        : "cc", "memory", "v0", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v16", "v17", "v18", "v19");
    return;
  }
  __asm__ volatile(
      LOCKSTEP_SUMS("ld1", from0, 16, 17, 18, 19) LOCKSTEP_SUMS("ld1", from1, 20, 21, 22, 23)
      LOCKSTEP_DEPTH("ld1 {v0.8h, v1.8h}", LOCKSTEP_OF_TWO)
      LOCKSTEP_SUMS("st1", to0, 16, 17, 18, 19) LOCKSTEP_SUMS("st1", to1, 20, 21, 22, 23)
      : [x] "+r"(x), [w] "+r"(w), [left] "+r"(left)
      : [step] "r"(kStep), [to0] "r"(to0), [to1] "r"(to1), [from0] "r"(from0), [from1] "r"(from1)
      : "cc", "memory", "v0", "v1", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v16", "v17", "v18", "v19", "v20",
        "v21", "v22", "v23");
}

#else

#define LOCKSTEP_SUMS(op, where, first, second) op ".32 {d" first "-d" second "}, [%[" #where "]]\n"
// Four input channels, the lanes of a tile's register, with the weights of eight output channels in eight registers.
#define LOCKSTEP_TILE_LANES(x, acc0, acc1)                                     \
  "vmlal.s16 q" #acc0 ", d8, d" #x "[0]\n"                                     \
  "vmlal.s16 q" #acc1 ", d9, d" #x "[0]\n"                                     \
  "vmlal.s16 q" #acc0 ", d10, d" #x "[1]\n"                                    \
  "vmlal.s16 q" #acc1 ", d11, d" #x "[1]\n"                                    \
  "vmlal.s16 q" #acc0 ", d12, d" #x "[2]\n"                                    \
  "vmlal.s16 q" #acc1 ", d13, d" #x "[2]\n"                                    \
  "vmlal.s16 q" #acc0 ", d14, d" #x "[3]\n"                                    \
  "vmlal.s16 q" #acc1 ", d15, d" #x "[3]\n"
#define LOCKSTEP_LOW_OF_ONE LOCKSTEP_TILE_LANES(0, 8, 9)
#define LOCKSTEP_HIGH_OF_ONE LOCKSTEP_TILE_LANES(1, 8, 9)
#define LOCKSTEP_LOW_OF_TWO LOCKSTEP_LOW_OF_ONE LOCKSTEP_TILE_LANES(2, 10, 11)
#define LOCKSTEP_HIGH_OF_TWO LOCKSTEP_HIGH_OF_ONE LOCKSTEP_TILE_LANES(3, 10, 11)
#define LOCKSTEP_LOW_OF_FOUR                                                   \
  LOCKSTEP_LOW_OF_TWO LOCKSTEP_TILE_LANES(4, 12, 13) LOCKSTEP_TILE_LANES(6, 14, 15)
#define LOCKSTEP_HIGH_OF_FOUR                                                  \
  LOCKSTEP_HIGH_OF_TWO LOCKSTEP_TILE_LANES(5, 12, 13) LOCKSTEP_TILE_LANES(7, 14, 15)
#define LOCKSTEP_DEPTH(load_x, low, high)                                      \
  "1:\n"                                                                       \
  load_x                                                                       \
  "vldmia %[w]!, {d8-d15}\n"                                                   \
  low                                                                          \
  "vldmia %[w]!, {d8-d15}\n"                                                   \
  "subs %[left], %[left], #1\n"                                                \
  high                                                                         \
  "bne 1b\n"

// Four tiles at a time, eight output channels.
[[gnu::always_inline]] inline void MultiplyFours(const WinogradProduct& product, int32_t groups) {
  const int16_t* x = product.x;
  int32_t* const* tiles = product.to;
  for (; groups > 0; --groups, tiles += kTileGroup) {
    int32_t* to0 = tiles[0] + product.place;
    int32_t* to1 = tiles[1] + product.place;
    int32_t* to2 = tiles[2] + product.place;
    int32_t* to3 = tiles[3] + product.place;
    int32_t left = product.eights;
    const int16_t* w = product.w;
    __asm__ volatile(
        "cmp %[start], #0\n"
        "beq 2f\n"
        LOCKSTEP_SUMS("vld1", start, "16", "19") LOCKSTEP_SUMS("vld1", start, "20", "23")
        LOCKSTEP_SUMS("vld1", start, "24", "27") LOCKSTEP_SUMS("vld1", start, "28", "31")
        "b 1f\n"
        "2:\n"
        LOCKSTEP_SUMS("vld1", to0, "16", "19") LOCKSTEP_SUMS("vld1", to1, "20", "23")
        LOCKSTEP_SUMS("vld1", to2, "24", "27") LOCKSTEP_SUMS("vld1", to3, "28", "31")
        LOCKSTEP_DEPTH("vldmia %[x]!, {d0-d7}\n", LOCKSTEP_LOW_OF_FOUR, LOCKSTEP_HIGH_OF_FOUR)
        LOCKSTEP_SUMS("vst1", to0, "16", "19") LOCKSTEP_SUMS("vst1", to1, "20", "23")
        LOCKSTEP_SUMS("vst1", to2, "24", "27") LOCKSTEP_SUMS("vst1", to3, "28", "31")
        : [x] "+r"(x), [w] "+r"(w), [left] "+r"(left)
        : [to0] "r"(to0), [to1] "r"(to1), [to2] "r"(to2), [to3] "r"(to3), [start] "r"(product.start)
        : "cc", "memory", "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10", "q11", "q12", "q13", "q14",
          "q15");
    x += product.group_step - product.eights * kTileGroup * kChannelsAtATime;
  }
}

// One or two.
[[gnu::always_inline]] inline void MultiplyRest(const WinogradProduct& product, int32_t first, int32_t count) {
  constexpr int32_t kStep = 64;
  const int16_t* x = product.x + first / kTileGroup * product.group_step;
  const int16_t* w = product.w;
  int32_t left = product.eights;
  int32_t* to0 = product.to[first] + product.place;
  int32_t* to1 = product.to[first + 1] + product.place;
  const int32_t* from0 = product.start != nullptr ? product.start : to0;
  const int32_t* from1 = product.start != nullptr ? product.start : to1;
  if (count == 1) {
    __asm__ volatile(
        LOCKSTEP_SUMS("vld1", from0, "16", "19")
        LOCKSTEP_DEPTH("vld1.16 {d0-d1}, [%[x]], %[step]\n", LOCKSTEP_LOW_OF_ONE, LOCKSTEP_HIGH_OF_ONE)
        LOCKSTEP_SUMS("vst1", to0, "16", "19")
        : [x] "+r"(x), [w] "+r"(w), [left] "+r"(left)
        : [step] "r"(kStep), [to0] "r"(to0), [from0] "r"(from0)
        : "cc", "memory", "q0", "q4", "q5", "q6", "q7", "q8", "q9");
    return;
  }
  __asm__ volatile(
      LOCKSTEP_SUMS("vld1", from0, "16", "19") LOCKSTEP_SUMS("vld1", from1, "20", "23")
      LOCKSTEP_DEPTH("vld1.16 {d0-d3}, [%[x]], %[step]\n", LOCKSTEP_LOW_OF_TWO, LOCKSTEP_HIGH_OF_TWO)
      LOCKSTEP_SUMS("vst1", to0, "16", "19") LOCKSTEP_SUMS("vst1", to1, "20", "23")
      : [x] "+r"(x), [w] "+r"(w), [left] "+r"(left)
      : [step] "r"(kStep), [to0] "r"(to0), [to1] "r"(to1), [from0] "r"(from0), [from1] "r"(from1)
      : "cc", "memory", "q0", "q1", "q4", "q5", "q6", "q7", "q8", "q9", "q10", "q11");
}

#endif
// clang-format on

void MultiplyGroups(const WinogradProduct& product) {
  const int32_t groups = (product.tiles + 1) / kTileGroup;
  if (groups != 0) MultiplyFours(product, groups);
  const int32_t first = groups * kTileGroup;
  if (first < product.tiles) MultiplyRest(product, first, product.tiles - first);
}

void MultiplyPosition(WinogradProduct product) {
#if defined(__aarch64__)
  MultiplyGroups(product);
#else
  for (int half = 0; half < 2; ++half) {
    MultiplyGroups(product);
    product.w += product.eights * kChannelsAtATime * 8;
    product.place += 8;
    if (product.start != nullptr) product.start += 8;
  }
#endif
}

#undef LOCKSTEP_SUMS
#undef LOCKSTEP_TILE_LANES
#undef LOCKSTEP_DEPTH
#if defined(__aarch64__)
#undef LOCKSTEP_COUNT
#undef LOCKSTEP_EIGHT_CHANNELS
#endif

}  // namespace
}  // namespace lockstep::kernels
