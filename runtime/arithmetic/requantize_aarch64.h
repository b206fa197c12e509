// rq1 for assembler of aarch64: sixteen sums of 32 bits, in registers a to d, to bytes in a.
#pragma once

// clang-format off
// The upper words of twice the products with multipliers in w to z.
#define LOCKSTEP_MULTIPLY_BY(a, b, c, d, w, x, y, z) \
  "sqdmulh v" #a ".4s, v" #a ".4s, v" #w ".4s\n"     \
  "sqdmulh v" #b ".4s, v" #b ".4s, v" #x ".4s\n"     \
  "sqdmulh v" #c ".4s, v" #c ".4s, v" #y ".4s\n"     \
  "sqdmulh v" #d ".4s, v" #d ".4s, v" #z ".4s\n"
// The shifts are negated, and of at least 1.
#define LOCKSTEP_SHIFT_BY(a, b, c, d, w, x, y, z) \
  "srshl v" #a ".4s, v" #a ".4s, v" #w ".4s\n"    \
  "srshl v" #b ".4s, v" #b ".4s, v" #x ".4s\n"    \
  "srshl v" #c ".4s, v" #c ".4s, v" #y ".4s\n"    \
  "srshl v" #d ".4s, v" #d ".4s, v" #z ".4s\n"

// Narrowed with saturation, as a value beyond 16 bits is beyond 0..255 with every zero point.
#define LOCKSTEP_CLAMPED_BYTES(a, b, c, d, zero, floor, ceiling) \
  "sqxtn v" #a ".4h, v" #a ".4s\n"                               \
  "sqxtn v" #c ".4h, v" #c ".4s\n"                               \
  "sqxtn2 v" #a ".8h, v" #b ".4s\n"                              \
  "sqxtn2 v" #c ".8h, v" #d ".4s\n"                              \
  "sqadd v" #a ".8h, v" #a ".8h, v" #zero ".8h\n"                \
  "sqadd v" #c ".8h, v" #c ".8h, v" #zero ".8h\n"                \
  "sqxtun v" #a ".8b, v" #a ".8h\n"                              \
  "sqxtun2 v" #a ".16b, v" #c ".8h\n"                            \
  "umax v" #a ".16b, v" #a ".16b, v" #floor ".16b\n"             \
  "umin v" #a ".16b, v" #a ".16b, v" #ceiling ".16b\n"
// For zero point 0 without limits.
#define LOCKSTEP_SATURATED_BYTES(a, b, c, d) \
  "sqxtun v" #a ".4h, v" #a ".4s\n"          \
  "sqxtun v" #c ".4h, v" #c ".4s\n"          \
  "sqxtun2 v" #a ".8h, v" #b ".4s\n"         \
  "sqxtun2 v" #c ".8h, v" #d ".4s\n"         \
  "uqxtn v" #a ".8b, v" #a ".8h\n"           \
  "uqxtn2 v" #a ".16b, v" #c ".8h\n"
// clang-format on
