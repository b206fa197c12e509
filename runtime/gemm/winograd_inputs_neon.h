// The transformation of eight channels of a tile's inputs. As assembler on aarch64, where two thirds of what lies
// between the passes stays in registers. A part of winograd_u8s8_neon.cpp, which alone includes it.
#pragma once

#include <arm_neon.h>

#include "gemm/unroll.h"
#include "gemm/winograd_tiles.h"

namespace lockstep::kernels {
namespace {

constexpr int kSide = kWinogradSide;

// What a tile with one or two wanted outputs has instead, see winograd_tiles.h.
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
  t[1] = vsubq_s16(t[1], vaddq_s16(c, e));
  t[2] = vaddq_s16(t[2], vsubq_s16(c, e));
}

#if defined(__aarch64__)

// clang-format off
// Registers 24 to 27 are free, 28 holds bytes of 4 and 29 words of 16 bits.
// Of a row: r0 to r3 become the first four transformed, the others go to memory.
#define LOCKSTEP_ROW(row, r0, r1, r2, r3)                                      \
  "ldp %[a], %[b], [%[at], #48 * " #row "]\n"                                  \
  "ldp %[c], %[d], [%[at], #48 * " #row " + 16]\n"                             \
  "ldr d26, [%[a], %[channel]]\n"                                              \
  "ldr d" #r1 ", [%[b], %[channel]]\n"                                         \
  "ldp %[a], %[b], [%[at], #48 * " #row " + 32]\n"                             \
  "ldr d" #r2 ", [%[c], %[channel]]\n"                                         \
  "ldr d" #r3 ", [%[d], %[channel]]\n"                                         \
  "ldr d24, [%[a], %[channel]]\n"                                              \
  "ldr d25, [%[b], %[channel]]\n"                                              \
  "usubl v" #r0 ".8h, v24.8b, v" #r2 ".8b\n"                                   \
  "usubl v27.8h, v" #r3 ".8b, v" #r1 ".8b\n"                                   \
  "usubl v25.8h, v25.8b, v" #r3 ".8b\n"                                        \
  "usubl v26.8h, v26.8b, v" #r2 ".8b\n"                                        \
  "uxtl v24.8h, v24.8b\n"                                                      \
  "uxtl v" #r3 ".8h, v" #r3 ".8b\n"                                            \
  "umlsl v24.8h, v" #r2 ".8b, v28.8b\n"                                        \
  "umlsl v" #r3 ".8h, v" #r1 ".8b, v28.8b\n"                                   \
  "mls v25.8h, v27.8h, v29.8h\n"                                               \
  "add v27.8h, v27.8h, v27.8h\n"                                               \
  "add v" #r1 ".8h, v24.8h, v" #r3 ".8h\n"                                     \
  "sub v" #r2 ".8h, v" #r3 ".8h, v24.8h\n"                                     \
  "add v" #r3 ".8h, v" #r0 ".8h, v27.8h\n"                                     \
  "sub v24.8h, v" #r0 ".8h, v27.8h\n"                                          \
  "mla v" #r0 ".8h, v26.8h, v29.8h\n"                                          \
  "stp q24, q25, [%[last], #32 * " #row "]\n"
#define LOCKSTEP_COLUMN(column, d0, d1, d2, d3, d4, d5)                        \
  "sub v24.8h, v" #d4 ".8h, v" #d2 ".8h\n"                                     \
  "sub v25.8h, v" #d3 ".8h, v" #d1 ".8h\n"                                     \
  "sub v" #d5 ".8h, v" #d5 ".8h, v" #d3 ".8h\n"                                \
  "sub v" #d0 ".8h, v" #d0 ".8h, v" #d2 ".8h\n"                                \
  "mls v" #d4 ".8h, v" #d2 ".8h, v29.8h\n"                                     \
  "mls v" #d3 ".8h, v" #d1 ".8h, v29.8h\n"                                     \
  "ldp %[a], %[b], [%[to], #48 * " #column "]\n"                               \
  "mls v" #d5 ".8h, v25.8h, v29.8h\n"                                          \
  "add v25.8h, v25.8h, v25.8h\n"                                               \
  "add v" #d1 ".8h, v" #d4 ".8h, v" #d3 ".8h\n"                                \
  "sub v" #d2 ".8h, v" #d3 ".8h, v" #d4 ".8h\n"                                \
  "add v" #d3 ".8h, v24.8h, v25.8h\n"                                          \
  "sub v" #d4 ".8h, v24.8h, v25.8h\n"                                          \
  "mla v24.8h, v" #d0 ".8h, v29.8h\n"                                          \
  "ldp %[c], %[d], [%[to], #48 * " #column " + 16]\n"                          \
  "str q" #d1 ", [%[b], %[place]]\n"                                           \
  "str q24, [%[a], %[place]]\n"                                                \
  "ldp %[a], %[b], [%[to], #48 * " #column " + 32]\n"                          \
  "str q" #d2 ", [%[c], %[place]]\n"                                           \
  "str q" #d3 ", [%[d], %[place]]\n"                                           \
  "str q" #d4 ", [%[a], %[place]]\n"                                           \
  "str q" #d5 ", [%[b], %[place]]\n"

[[gnu::always_inline]] inline void TransformEight(const uint8_t* const* at, int64_t channel, int16_t* const* to,
                                                  int64_t place) {
  int16_t last[kSide][2][8];
  const uint8_t *a, *b, *c, *d;
  __asm__ volatile(
      "movi v28.8b, #4\n"
      "movi v29.8h, #4\n"
      LOCKSTEP_ROW(0, 0, 1, 2, 3)
      LOCKSTEP_ROW(1, 4, 5, 6, 7)
      LOCKSTEP_ROW(2, 8, 9, 10, 11)
      LOCKSTEP_ROW(3, 12, 13, 14, 15)
      LOCKSTEP_ROW(4, 16, 17, 18, 19)
      LOCKSTEP_ROW(5, 20, 21, 22, 23)
      LOCKSTEP_COLUMN(0, 0, 4, 8, 12, 16, 20)
      LOCKSTEP_COLUMN(1, 1, 5, 9, 13, 17, 21)
      "ldp q0, q1, [%[last]]\n"
      "ldp q4, q5, [%[last], #32]\n"
      "ldp q8, q9, [%[last], #64]\n"
      "ldp q12, q13, [%[last], #96]\n"
      "ldp q16, q17, [%[last], #128]\n"
      "ldp q20, q21, [%[last], #160]\n"
      LOCKSTEP_COLUMN(2, 2, 6, 10, 14, 18, 22)
      LOCKSTEP_COLUMN(3, 3, 7, 11, 15, 19, 23)
      LOCKSTEP_COLUMN(4, 0, 4, 8, 12, 16, 20)
      LOCKSTEP_COLUMN(5, 1, 5, 9, 13, 17, 21)
      : [a] "=&r"(a), [b] "=&r"(b), [c] "=&r"(c), [d] "=&r"(d)
      : [at] "r"(at), [channel] "r"(channel), [to] "r"(to), [place] "r"(place * 2), [last] "r"(last)
      : "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15",
        "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29");
}
// clang-format on

#undef LOCKSTEP_ROW
#undef LOCKSTEP_COLUMN

#else

[[gnu::always_inline]] inline void TransformSix(const int16x8_t (&d)[kSide], int16x8_t (&t)[kSide]) {
  const int16x8_t a = vsubq_s16(d[4], vshlq_n_s16(d[2], 2));
  const int16x8_t b = vsubq_s16(d[3], vshlq_n_s16(d[1], 2));
  const int16x8_t c = vsubq_s16(d[4], d[2]);
  const int16x8_t e = vsubq_s16(d[3], d[1]);
  const int16x8_t twice = vaddq_s16(e, e);
  t[0] = vaddq_s16(c, vshlq_n_s16(vsubq_s16(d[0], d[2]), 2));
  t[1] = vaddq_s16(a, b);
  t[2] = vsubq_s16(b, a);
  t[3] = vaddq_s16(c, twice);
  t[4] = vsubq_s16(c, twice);
  t[5] = vsubq_s16(vsubq_s16(d[5], d[3]), vaddq_s16(twice, twice));
}

[[gnu::always_inline]] inline void TransformEight(const uint8_t* const* at, int32_t channel, int16_t* const* to,
                                                  int32_t place) {
  int16x8_t rows[kSide][kSide];
  for (int row = 0; row < kSide; ++row) {
    int16x8_t d[kSide];
    Unroll<kSide>([&](auto i) __attribute__((always_inline)) {
      d[i] = vreinterpretq_s16_u16(vmovl_u8(vld1_u8(at[row * kSide + i] + channel)));
    });
    TransformSix(d, rows[row]);
  }
  for (int column = 0; column < kSide; ++column) {
    const int16x8_t d[kSide] = {rows[0][column], rows[1][column], rows[2][column],
                                rows[3][column], rows[4][column], rows[5][column]};
    int16x8_t t[kSide];
    TransformSix(d, t);
    Unroll<kSide>([&](auto i) __attribute__((always_inline)) { vst1q_s16(to[column * kSide + i] + place, t[i]); });
  }
}

#endif

// Of a tile with one or two wanted rows or columns: [column][row][channel].
[[gnu::noinline]] void ShortenTile(const WinogradInput& input, const int16_t (*eight)[kSide][kChannelsAtATime],
                                   int32_t place) {
  int16x8_t all[kSide][kSide];
  for (int row = 0; row < kSide; ++row) {
    int16x8_t t[kSide];
    for (int column = 0; column < kSide; ++column) t[column] = vld1q_s16(eight[column][row]);
    if (input.columns <= 2) Shorten(input.columns, t);
    for (int column = 0; column < kSide; ++column) all[column][row] = t[column];
  }
  for (int column = 0; column < kSide; ++column) {
    if (input.rows <= 2) Shorten(input.rows, all[column]);
    for (int row = 0; row < kSide; ++row) vst1q_s16(input.to[column * kSide + row] + place, all[column][row]);
  }
}

void TransformTile(const WinogradInput& input) {
  const bool shortened = input.rows <= 2 || input.columns <= 2;
  int16_t eight[kSide][kSide][kChannelsAtATime];
  int16_t* buffer[kPositions];
  for (int i = 0; shortened && i < kPositions; ++i) buffer[i] = eight[0][i];
  int16_t* const* to = shortened ? buffer : input.to;
  for (int32_t channel = 0; channel < input.channels; channel += kChannelsAtATime) {
    const int32_t place = channel * kTileGroup;
    TransformEight(input.at, channel, to, shortened ? 0 : place);
    if (shortened) ShortenTile(input, eight, place);
  }
}

}  // namespace
}  // namespace lockstep::kernels
