// What the assembler of the tiles with dot products and with i8mm has in common: the begin of a segment, and the end of
// a tile of up to four pixels.
#pragma once

#include "gemm/neon_tiles.h"

// clang-format off
// As Tile<4> and TileConstants<16, 1> have them.
#define LOCKSTEP_SEGMENT                    \
  "ldr %[left], [%[segment]], #8\n"         \
  "ldp %[x0], %[x1], [%[tile], #24]\n"      \
  "ldp %[x2], %[x3], [%[tile], #40]\n"      \
  "add %[x0], %[x0], %[left]\n"             \
  "add %[x1], %[x1], %[left]\n"             \
  "add %[x2], %[x2], %[left]\n"             \
  "add %[x3], %[x3], %[left]\n"             \
  "ldr %w[left], [%[tile], #12]\n"

// Requantisation of a pixel for shifts of at least 1, narrowed with saturation, as a value beyond 16 bits is beyond
// 0..255 with every zero point. The bytes are left in the first register.
#define LOCKSTEP_PIXEL_BYTES(a, b, c, d)           \
  "sqdmulh v" #a ".4s, v" #a ".4s, v16.4s\n"       \
  "sqdmulh v" #b ".4s, v" #b ".4s, v17.4s\n"       \
  "sqdmulh v" #c ".4s, v" #c ".4s, v18.4s\n"       \
  "sqdmulh v" #d ".4s, v" #d ".4s, v19.4s\n"       \
  "srshl v" #a ".4s, v" #a ".4s, v20.4s\n"         \
  "srshl v" #b ".4s, v" #b ".4s, v21.4s\n"         \
  "srshl v" #c ".4s, v" #c ".4s, v22.4s\n"         \
  "srshl v" #d ".4s, v" #d ".4s, v23.4s\n"         \
  "sqxtn v" #a ".4h, v" #a ".4s\n"                 \
  "sqxtn v" #c ".4h, v" #c ".4s\n"                 \
  "sqxtn2 v" #a ".8h, v" #b ".4s\n"                \
  "sqxtn2 v" #c ".8h, v" #d ".4s\n"                \
  "sqadd v" #a ".8h, v" #a ".8h, v28.8h\n"         \
  "sqadd v" #c ".8h, v" #c ".8h, v28.8h\n"         \
  "sqxtun v" #a ".8b, v" #a ".8h\n"                \
  "sqxtun2 v" #a ".16b, v" #c ".8h\n"              \
  "umax v" #a ".16b, v" #a ".16b, v29.16b\n"       \
  "umin v" #a ".16b, v" #a ".16b, v30.16b\n"

#define LOCKSTEP_BYTES(a, b, c, d, out) LOCKSTEP_PIXEL_BYTES(a, b, c, d) "str q" #a ", [%[" #out "]]\n"
#define LOCKSTEP_SUMS(a, b, c, d, out)              \
  "stp q" #a ", q" #b ", [%[" #out "]]\n"           \
  "stp q" #c ", q" #d ", [%[" #out "], #32]\n"

// `multipliers`: where they lie in the constants; `bytes` and `sums` are made of the two above, for every pixel.
#define LOCKSTEP_FINISH(multipliers, bytes, sums)               \
  "ldr %[left], [%[tile], #16]\n"                               \
  "ldr %w[segments], [%[tile], #88]\n"                          \
  "ldp %[x0], %[x1], [%[tile], #56]\n"                          \
  "ldp %[x2], %[x3], [%[tile], #72]\n"                          \
  "cbz %w[segments], 8f\n"                                      \
  "add %[left], %[left], #" #multipliers "\n"                   \
  "ld1 {v16.4s, v17.4s, v18.4s, v19.4s}, [%[left]], #64\n"      \
  "ld1 {v20.4s, v21.4s, v22.4s, v23.4s}, [%[left]], #64\n"      \
  "ld1 {v28.16b, v29.16b, v30.16b}, [%[left]]\n"                \
  bytes                                                         \
  "b 9f\n"                                                      \
  "8:\n"                                                        \
  sums                                                          \
  "9:\n"

#define LOCKSTEP_ALL_VECTORS                                                                                        \
  "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14",    \
      "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", \
      "v31"
// clang-format on
