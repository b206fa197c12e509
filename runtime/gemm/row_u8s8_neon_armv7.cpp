// ARMv7's NEON has the products of bytes that aarch64's baseline has (row_u8s8_neon.cpp) and half the registers: a tile
// is two pixels by eight channels, with two 32-bit lanes to a channel, and a block is two of them.
#include "gemm/neon_lines.h"
#include "ops/common/byte_table_neon.h"

namespace lockstep::kernels {
namespace {

// clang-format off
// The products of one quad of channels 0 to 3 or 4 to 7 of the half, and of the next quad; both fit into 16 bits, with
// x - 128 and w within +-127.
#define LOCKSTEP_TWO_QUADS(w0, w1, w2, w3, x0, x1, acc0, acc1) \
  "vmull.s8 q6, d" #w0 ", d" #x0 "\n"                          \
  "vmull.s8 q7, d" #w1 ", d" #x0 "\n"                          \
  "vmlal.s8 q6, d" #w2 ", d" #x1 "\n"                          \
  "vmlal.s8 q7, d" #w3 ", d" #x1 "\n"                          \
  "vpadal.s16 q" #acc0 ", q6\n"                                \
  "vpadal.s16 q" #acc1 ", q7\n"

#define LOCKSTEP_PAIR                            \
  "vld1.8 {d4-d7}, [%[weights]], %[step]\n"      \
  "vld2.32 {d0[], d1[]}, [%[x0]]!\n"             \
  "vld2.32 {d2[], d3[]}, [%[x1]]!\n"             \
  "vld1.8 {d8-d11}, [%[weights]], %[step]\n"     \
  LOCKSTEP_TWO_QUADS(4, 5, 8, 9, 0, 1, 8, 9)     \
  LOCKSTEP_TWO_QUADS(4, 5, 8, 9, 2, 3, 12, 13)   \
  LOCKSTEP_TWO_QUADS(6, 7, 10, 11, 0, 1, 10, 11) \
  LOCKSTEP_TWO_QUADS(6, 7, 10, 11, 2, 3, 14, 15)

#define LOCKSTEP_ONE_QUAD(w0, w1, x0, acc0, acc1) \
  "vmull.s8 q6, d" #w0 ", d" #x0 "\n"             \
  "vmull.s8 q7, d" #w1 ", d" #x0 "\n"             \
  "vpadal.s16 q" #acc0 ", q6\n"                   \
  "vpadal.s16 q" #acc1 ", q7\n"

// As assembler because gcc does not keep this many accumulators in registers. Requantisation is rq1 for shifts of at
// least 1; it narrows with saturation, as a value beyond 16 bits is beyond 0..255 with every zero point.
void RunTiles(LineRun* run, ptrdiff_t tiles) {
  const uint8_t* x0;
  const uint8_t* x1;
  const int8_t* weights;
  uint8_t* out = run->out;
  int32_t left;
  __asm__ volatile(
      "1:\n"
      "ldr %[left], [%[run], #12]\n"
      "ldr %[x0], [%[run]]\n"
      "vldmia %[left], {d16-d23}\n"
      "vldmia %[left], {d24-d31}\n"
      "ldr %[left], [%[run], #4]\n"
      "ldr %[weights], [%[run], #8]\n"
      "add %[x1], %[x0], %[left]\n"
      "add %[left], %[x1], %[left]\n"
      "str %[left], [%[run]]\n"
      "ldr %[left], [%[run], #24]\n"
      "subs %[left], %[left], #8\n"
      "blt 3f\n"
      "2:\n"
      LOCKSTEP_PAIR
      LOCKSTEP_PAIR
      LOCKSTEP_PAIR
      LOCKSTEP_PAIR
      "subs %[left], %[left], #8\n"
      "bge 2b\n"
      "3:\n"
      "tst %[left], #4\n"
      "beq 4f\n"
      LOCKSTEP_PAIR
      LOCKSTEP_PAIR
      "4:\n"
      "tst %[left], #2\n"
      "beq 5f\n"
      LOCKSTEP_PAIR
      "5:\n"
      "tst %[left], #1\n"
      "beq 6f\n"
      "vld1.8 {d4-d7}, [%[weights]]\n"
      "vld1.32 {d0[]}, [%[x0]]\n"
      "vld1.32 {d2[]}, [%[x1]]\n"
      LOCKSTEP_ONE_QUAD(4, 5, 0, 8, 9)
      LOCKSTEP_ONE_QUAD(6, 7, 0, 10, 11)
      LOCKSTEP_ONE_QUAD(4, 5, 2, 12, 13)
      LOCKSTEP_ONE_QUAD(6, 7, 2, 14, 15)
      "6:\n"
      "ldr %[x0], [%[run], #28]\n"
      "ldr %[left], [%[run], #12]\n"
      "ldr %[x1], [%[run], #20]\n"
      "vpadd.i32 d16, d16, d17\n"
      "vpadd.i32 d17, d18, d19\n"
      "vpadd.i32 d18, d20, d21\n"
      "vpadd.i32 d19, d22, d23\n"
      "vpadd.i32 d20, d24, d25\n"
      "vpadd.i32 d21, d26, d27\n"
      "vpadd.i32 d22, d28, d29\n"
      "vpadd.i32 d23, d30, d31\n"
      "tst %[x0], #1\n"
      "bne 8f\n"
      "add %[left], %[left], #64\n"
      "vldmia %[left], {d0-d13}\n"
      "vqdmulh.s32 q8, q8, q0\n"
      "vqdmulh.s32 q9, q9, q1\n"
      "vqdmulh.s32 q10, q10, q0\n"
      "vqdmulh.s32 q11, q11, q1\n"
      "vrshl.s32 q8, q8, q2\n"
      "vrshl.s32 q9, q9, q3\n"
      "vrshl.s32 q10, q10, q2\n"
      "vrshl.s32 q11, q11, q3\n"
      "cmp %[x0], #0\n"
      "beq 7f\n"
      "vqmovun.s32 d16, q8\n"
      "vqmovun.s32 d17, q9\n"
      "vqmovun.s32 d20, q10\n"
      "vqmovun.s32 d21, q11\n"
      "vqmovn.u16 d16, q8\n"
      "vqmovn.u16 d17, q10\n"
      "vst1.8 {d16}, [%[out]], %[x1]\n"
      "vst1.8 {d17}, [%[out]], %[x1]\n"
      "b 9f\n"
      "7:\n"
      "vqmovn.s32 d16, q8\n"
      "vqmovn.s32 d17, q9\n"
      "vqmovn.s32 d20, q10\n"
      "vqmovn.s32 d21, q11\n"
      "vqadd.s16 q8, q8, q4\n"
      "vqadd.s16 q10, q10, q4\n"
      "vqmovun.s16 d16, q8\n"
      "vqmovun.s16 d17, q10\n"
      "vmax.u8 q8, q8, q5\n"
      "vmin.u8 q8, q8, q6\n"
      "vst1.8 {d16}, [%[out]], %[x1]\n"
      "vst1.8 {d17}, [%[out]], %[x1]\n"
      "b 9f\n"
      "8:\n"
      "vst1.32 {d16-d19}, [%[out]], %[x1]\n"
      "vst1.32 {d20-d23}, [%[out]], %[x1]\n"
      "9:\n"
      "subs %[tiles], %[tiles], #1\n"
      "bne 1b\n"
      : [out] "+r"(out), [tiles] "+r"(tiles), [x0] "=&r"(x0), [x1] "=&r"(x1), [weights] "=&r"(weights),
        [left] "=&r"(left)
      : [run] "r"(run), [step] "r"(kQuadBytes)
      : "cc", "memory", "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10", "q11", "q12", "q13", "q14",
        "q15");
  run->out = out;
}
// clang-format on

#undef LOCKSTEP_TWO_QUADS
#undef LOCKSTEP_PAIR
#undef LOCKSTEP_ONE_QUAD

struct Machine {
  static constexpr int kPixels = 2;
  static constexpr int kChannels = 8;
  static constexpr int kSums = 2;
  static constexpr bool kNarrows = false;
  [[gnu::always_inline]] static void FillStart(int32x4_t acc_init, int32_t* start) { StartWithZeros(acc_init, start); }
  static void Fill(const ConvRow& row, int32_t count, int32_t /*left*/, const SegmentPlan& plan, ptrdiff_t line_bytes,
                   PixelWalk* walk, uint8_t* lines) {
    FillLines(row, count, plan.bytes, line_bytes, walk, lines);
  }
  static void Run(LineRun* run, int32_t pixels) { RunPairs(RunTiles, run, pixels); }
};

void RunRow(const ConvRow& row) { RunLines<Machine>(row); }

}  // namespace

const ConvVariant row_u8s8_neon{true, RunRow, ApplyTableNeon, FinishSumsNeon, false, true, true};

}  // namespace lockstep::kernels
