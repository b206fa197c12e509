// A tile of two pixels by a block of channels in the assembler of ARMv7, from the first product to the bytes, because
// gcc spills accumulators and what it requantises with. A part of depthwise_rows_u8s8_neon.cpp, which alone includes
// it.
#pragma once

#include <cstdint>

#include "ops/depthwise_conv/depthwise_blocks.h"

namespace lockstep::kernels {
namespace {

// The order of its members is what the assembler counts on.
struct DepthwiseTileArmv7 {
  const void* elements;  // offsets of the taps, or their two pixels' addresses
  uintptr_t from[2];     // what is added to them
  const DepthwiseBlock* block;
  const int8_t* weights;
  const void* limits;  // zero point, floor and ceiling in sixteen bytes each
  uint8_t* out[2];
};

// clang-format off
// Sixteen channels of a pixel of two taps, in q2 and q3, with their weights in q0 and q1.
#define LOCKSTEP_TWO_TAPS(x, a, b, c, d)             \
  "add %[t0], %[t0], %[" #x "]\n"                    \
  "vld1.8 {d4-d5}, [%[t0]]\n"                        \
  "add %[t1], %[t1], %[" #x "]\n"                    \
  "vld1.8 {d6-d7}, [%[t1]]\n"                        \
  "veor q2, q2, q7\n"                                \
  "veor q3, q3, q7\n"                                \
  "vmull.s8 q4, d4, d0\n"                            \
  "vmull.s8 q5, d5, d1\n"                            \
  "vmlal.s8 q4, d6, d2\n"                            \
  "vmlal.s8 q5, d7, d3\n"                            \
  "vaddw.s16 q" #a ", q" #a ", d8\n"                 \
  "vaddw.s16 q" #b ", q" #b ", d9\n"                 \
  "vaddw.s16 q" #c ", q" #c ", d10\n"                \
  "vaddw.s16 q" #d ", q" #d ", d11\n"
#define LOCKSTEP_ONE_TAP(x, a, b, c, d)              \
  "add %[t0], %[t0], %[" #x "]\n"                    \
  "vld1.8 {d4-d5}, [%[t0]]\n"                        \
  "veor q2, q2, q7\n"                                \
  "vmull.s8 q4, d4, d0\n"                            \
  "vmull.s8 q5, d5, d1\n"                            \
  "vaddw.s16 q" #a ", q" #a ", d8\n"                 \
  "vaddw.s16 q" #b ", q" #b ", d9\n"                 \
  "vaddw.s16 q" #c ", q" #c ", d10\n"                \
  "vaddw.s16 q" #d ", q" #d ", d11\n"
#define LOCKSTEP_BYTES(a, b, c, d, al, ah, cl, ch)   \
  "vqmovn.s32 d" #al ", q" #a "\n"                   \
  "vqmovn.s32 d" #ah ", q" #b "\n"                   \
  "vqmovn.s32 d" #cl ", q" #c "\n"                   \
  "vqmovn.s32 d" #ch ", q" #d "\n"                   \
  "vqadd.s16 q" #a ", q" #a ", q0\n"                 \
  "vqadd.s16 q" #c ", q" #c ", q0\n"                 \
  "vqmovun.s16 d" #al ", q" #a "\n"                  \
  "vqmovun.s16 d" #ah ", q" #c "\n"                  \
  "vmax.u8 q" #a ", q" #a ", q1\n"                   \
  "vmin.u8 q" #a ", q" #a ", q2\n"

// What lies at `elements`: an offset for each tap, or an address for each of its pixels.
#define LOCKSTEP_OFFSETS "ldr %[t0], [%[at]]\n" "ldr %[t1], [%[at], #4]\n"
#define LOCKSTEP_FIRST "ldr %[t0], [%[at]]\n" "ldr %[t1], [%[at], #8]\n"
#define LOCKSTEP_SECOND "ldr %[t0], [%[at], #4]\n" "ldr %[t1], [%[at], #12]\n"

#define LOCKSTEP_DEPTHWISE_TILE(name, first, second, bytes, last)                                              \
  void name(const DepthwiseTileArmv7& tile, int32_t taps) {                                                    \
    const void* at = tile.elements;                                                                            \
    const int8_t* w = tile.weights;                                                                            \
    uintptr_t x0 = tile.from[0];                                                                               \
    uintptr_t x1 = tile.from[1];                                                                               \
    uint32_t t0;                                                                                               \
    uint32_t t1;                                                                                               \
    __asm__ volatile(                                                                                          \
        "ldr %[t0], [%[tile], #12]\n"                                                                          \
        "vldmia %[t0], {d16-d23}\n"                                                                            \
        "vldmia %[t0], {d24-d31}\n"                                                                            \
        "vmov.i8 q7, #0x80\n"                                                                                  \
        "subs %[taps], %[taps], #2\n"                                                                          \
        "blt 2f\n"                                                                                             \
        "1:\n"                                                                                                 \
        first                                                                                                  \
        "vld1.8 {d0-d3}, [%[w]]!\n"                                                                            \
        LOCKSTEP_TWO_TAPS(x0, 8, 9, 10, 11)                                                                    \
        second                                                                                                 \
        LOCKSTEP_TWO_TAPS(x1, 12, 13, 14, 15)                                                                  \
        "add %[at], %[at], #" #bytes "\n"                                                                      \
        "subs %[taps], %[taps], #2\n"                                                                          \
        "bge 1b\n"                                                                                             \
        "2:\n"                                                                                                 \
        "tst %[taps], #1\n"                                                                                    \
        "beq 3f\n"                                                                                             \
        "ldr %[t0], [%[at]]\n"                                                                                 \
        "vld1.8 {d0-d1}, [%[w]]\n"                                                                             \
        LOCKSTEP_ONE_TAP(x0, 8, 9, 10, 11)                                                                     \
        "ldr %[t0], [%[at], #" #last "]\n"                                                                     \
        LOCKSTEP_ONE_TAP(x1, 12, 13, 14, 15)                                                                   \
        "3:\n"                                                                                                 \
        "ldr %[t0], [%[tile], #12]\n"                                                                          \
        "ldr %[t1], [%[tile], #20]\n"                                                                          \
        "add %[t0], %[t0], #64\n"                                                                              \
        "ldr %[x0], [%[tile], #24]\n"                                                                          \
        "vldmia %[t0]!, {d0-d7}\n"                                                                             \
        "ldr %[x1], [%[tile], #28]\n"                                                                          \
        "vqdmulh.s32 q8, q8, q0\n"                                                                             \
        "vqdmulh.s32 q9, q9, q1\n"                                                                             \
        "vqdmulh.s32 q10, q10, q2\n"                                                                           \
        "vqdmulh.s32 q11, q11, q3\n"                                                                           \
        "vqdmulh.s32 q12, q12, q0\n"                                                                           \
        "vqdmulh.s32 q13, q13, q1\n"                                                                           \
        "vqdmulh.s32 q14, q14, q2\n"                                                                           \
        "vqdmulh.s32 q15, q15, q3\n"                                                                           \
        "vldmia %[t0], {d0-d7}\n"                                                                              \
        "vrshl.s32 q8, q8, q0\n"                                                                               \
        "vrshl.s32 q9, q9, q1\n"                                                                               \
        "vrshl.s32 q10, q10, q2\n"                                                                             \
        "vrshl.s32 q11, q11, q3\n"                                                                             \
        "vrshl.s32 q12, q12, q0\n"                                                                             \
        "vrshl.s32 q13, q13, q1\n"                                                                             \
        "vrshl.s32 q14, q14, q2\n"                                                                             \
        "vrshl.s32 q15, q15, q3\n"                                                                             \
        "vldmia %[t1], {d0-d5}\n"                                                                              \
        LOCKSTEP_BYTES(8, 9, 10, 11, 16, 17, 20, 21)                                                           \
        LOCKSTEP_BYTES(12, 13, 14, 15, 24, 25, 28, 29)                                                         \
        "vst1.8 {d16-d17}, [%[x0]]\n"                                                                          \
        "vst1.8 {d24-d25}, [%[x1]]\n"                                                                          \
        : [at] "+r"(at), [w] "+r"(w), [x0] "+r"(x0), [x1] "+r"(x1), [taps] "+r"(taps), [t0] "=&r"(t0),         \
          [t1] "=&r"(t1)                                                                                       \
        : [tile] "r"(&tile)                                                                                    \
        : "cc", "memory", "q0", "q1", "q2", "q3", "q4", "q5", "q7", "q8", "q9", "q10", "q11", "q12", "q13",    \
          "q14", "q15");                                                                                       \
  }
// clang-format on

LOCKSTEP_DEPTHWISE_TILE(RunOffsets, LOCKSTEP_OFFSETS, LOCKSTEP_OFFSETS, 8, 0)
LOCKSTEP_DEPTHWISE_TILE(RunAddresses, LOCKSTEP_FIRST, LOCKSTEP_SECOND, 16, 4)

#undef LOCKSTEP_TWO_TAPS
#undef LOCKSTEP_ONE_TAP
#undef LOCKSTEP_BYTES
#undef LOCKSTEP_OFFSETS
#undef LOCKSTEP_FIRST
#undef LOCKSTEP_SECOND
#undef LOCKSTEP_DEPTHWISE_TILE

}  // namespace
}  // namespace lockstep::kernels
