// What the assembler of the tiles with dot products and with i8mm has in common: where sums start, and bytes of them.
// Constants lie as TileConstants has them: multipliers in v16 to v19, shifts in v20 to v23.
#pragma once

#include "arithmetic/requantize_aarch64.h"

// clang-format off
#define LOCKSTEP_START_1 "ld1 {v0.4s, v1.4s, v2.4s, v3.4s}, [%[at]]\n"
#define LOCKSTEP_START_2 LOCKSTEP_START_1 "ld1 {v4.4s, v5.4s, v6.4s, v7.4s}, [%[at]]\n"
#define LOCKSTEP_START_3 LOCKSTEP_START_2 "ld1 {v8.4s, v9.4s, v10.4s, v11.4s}, [%[at]]\n"
#define LOCKSTEP_START_4 LOCKSTEP_START_3 "ld1 {v12.4s, v13.4s, v14.4s, v15.4s}, [%[at]]\n"

#define LOCKSTEP_MULTIPLY(a, b, c, d) LOCKSTEP_MULTIPLY_BY(a, b, c, d, 16, 17, 18, 19)
// Requantisation for shifts of at least 1.
#define LOCKSTEP_REQUANTISE(a, b, c, d) LOCKSTEP_MULTIPLY(a, b, c, d) LOCKSTEP_SHIFT_BY(a, b, c, d, 20, 21, 22, 23)

// Sixteen bytes, in the first register.
#define LOCKSTEP_BYTES_OF(a, b, c, d, zero, floor, ceiling) \
  LOCKSTEP_REQUANTISE(a, b, c, d)                           \
  LOCKSTEP_CLAMPED_BYTES(a, b, c, d, zero, floor, ceiling)
// For zero point 0 without limits.
#define LOCKSTEP_PLAIN_BYTES_OF(a, b, c, d) LOCKSTEP_REQUANTISE(a, b, c, d) LOCKSTEP_SATURATED_BYTES(a, b, c, d)
// The same with narrow products (kNarrowedBits); their shifts are in x and y.
#define LOCKSTEP_NARROW_BYTES(a, b, c, d, x, y) \
  "sqshrn v" #a ".4h, v" #a ".4s, #3\n"         \
  "sqshrn v" #c ".4h, v" #c ".4s, #3\n"         \
  "sqshrn2 v" #a ".8h, v" #b ".4s, #3\n"        \
  "sqshrn2 v" #c ".8h, v" #d ".4s, #3\n"        \
  "srshl v" #a ".8h, v" #a ".8h, v" #x ".8h\n"  \
  "srshl v" #c ".8h, v" #c ".8h, v" #y ".8h\n"  \
  "sqxtun v" #a ".8b, v" #a ".8h\n"             \
  "sqxtun2 v" #a ".16b, v" #c ".8h\n"
#define LOCKSTEP_NARROW_BYTES_OF(a, b, c, d)    \
  LOCKSTEP_MULTIPLY(a, b, c, d)                 \
  LOCKSTEP_NARROW_BYTES(a, b, c, d, 20, 21)
// clang-format on
