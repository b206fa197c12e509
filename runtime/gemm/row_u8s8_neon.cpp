// Baseline NEON has no dot product: smull and smlal multiply two quads of one pixel with two channels each into 16-bit
// lanes (with x - 128 and w within +-127 two products fit), sadalp widens and adds neighbours. So a channel has two
// 32-bit lanes, which are added at the end. A tile is two pixels by sixteen channels: sixteen accumulators, eight
// weights, two quads of each pixel and four products.
#include "arithmetic/requantize_aarch64.h"
#include "gemm/neon_lines.h"
#include "ops/common/byte_table_neon.h"

namespace lockstep::kernels {
namespace {

// clang-format off
// Four channels of a pixel: weights of one quad and of the next, the pixel's two quads, two accumulators.
#define LOCKSTEP_TWO_QUADS(w0, w1, x0, x1, acc0, acc1, t0, t1) \
  "smull v" #t0 ".8h, v" #w0 ".8b, v" #x0 ".8b\n"              \
  "smull2 v" #t1 ".8h, v" #w0 ".16b, v" #x0 ".16b\n"           \
  "smlal v" #t0 ".8h, v" #w1 ".8b, v" #x1 ".8b\n"              \
  "smlal2 v" #t1 ".8h, v" #w1 ".16b, v" #x1 ".16b\n"           \
  "sadalp v" #acc0 ".4s, v" #t0 ".8h\n"                        \
  "sadalp v" #acc1 ".4s, v" #t1 ".8h\n"

#define LOCKSTEP_PAIR                                           \
  "ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [%[weights]], #64\n"   \
  "ld2r {v0.4s, v1.4s}, [%[x0]], #8\n"                          \
  "ld2r {v2.4s, v3.4s}, [%[x1]], #8\n"                          \
  "ld1 {v8.16b, v9.16b, v10.16b, v11.16b}, [%[weights]], #64\n" \
  LOCKSTEP_TWO_QUADS(4, 8, 0, 1, 16, 17, 12, 13)                \
  LOCKSTEP_TWO_QUADS(4, 8, 2, 3, 24, 25, 14, 15)                \
  LOCKSTEP_TWO_QUADS(5, 9, 0, 1, 18, 19, 12, 13)                \
  LOCKSTEP_TWO_QUADS(5, 9, 2, 3, 26, 27, 14, 15)                \
  LOCKSTEP_TWO_QUADS(6, 10, 0, 1, 20, 21, 12, 13)               \
  LOCKSTEP_TWO_QUADS(6, 10, 2, 3, 28, 29, 14, 15)               \
  LOCKSTEP_TWO_QUADS(7, 11, 0, 1, 22, 23, 12, 13)               \
  LOCKSTEP_TWO_QUADS(7, 11, 2, 3, 30, 31, 14, 15)

#define LOCKSTEP_ONE_QUAD(w0, x0, acc0, acc1, t0, t1) \
  "smull v" #t0 ".8h, v" #w0 ".8b, v" #x0 ".8b\n"     \
  "smull2 v" #t1 ".8h, v" #w0 ".16b, v" #x0 ".16b\n"  \
  "sadalp v" #acc0 ".4s, v" #t0 ".8h\n"               \
  "sadalp v" #acc1 ".4s, v" #t1 ".8h\n"

// Sums of sixteen channels to bytes, in the first of their registers.
#define LOCKSTEP_REQUANTISE(a, b, c, d)            \
  LOCKSTEP_MULTIPLY_BY(a, b, c, d, 0, 1, 2, 3)     \
  LOCKSTEP_SHIFT_BY(a, b, c, d, 4, 5, 6, 7)
#define LOCKSTEP_BYTES(a, b, c, d) LOCKSTEP_REQUANTISE(a, b, c, d) LOCKSTEP_CLAMPED_BYTES(a, b, c, d, 8, 9, 10)
// For zero point 0 without limits.
#define LOCKSTEP_PLAIN(a, b, c, d) LOCKSTEP_REQUANTISE(a, b, c, d) LOCKSTEP_SATURATED_BYTES(a, b, c, d)

#define LOCKSTEP_ADD_LANES(to, a, b) "addp v" #to ".4s, v" #a ".4s, v" #b ".4s\n"

// As assembler because gcc 12 takes a fifth more instructions: it moves loads and products so far apart that
// accumulators are spilled. Requantisation is rq1 for shifts of at least 1; it narrows with saturation, as a value
// beyond 16 bits is beyond 0..255 with every zero point.
void RunTiles(LineRun* run, ptrdiff_t tiles) {
  const uint8_t* x0;
  const uint8_t* x1;
  const int8_t* weights;
  const uint8_t* at;
  int64_t left;
  __asm__ volatile(
      "1:\n"
      "mov %[at], %[constants]\n"
      "mov %[weights], %[all_weights]\n"
      "ld1 {v16.4s, v17.4s, v18.4s, v19.4s}, [%[at]], #64\n"
      "ld1 {v20.4s, v21.4s, v22.4s, v23.4s}, [%[at]], #64\n"
      "ld1 {v24.4s, v25.4s, v26.4s, v27.4s}, [%[constants]]\n"
      "ldp q28, q29, [%[at], #-64]\n"
      "ldp q30, q31, [%[at], #-32]\n"
      "mov %[x0], %[lines]\n"
      "add %[x1], %[x0], %[line_bytes]\n"
      "add %[lines], %[x1], %[line_bytes]\n"
      "subs %[left], %[quads], #8\n"
      "b.lt 3f\n"
      "2:\n"
      LOCKSTEP_PAIR
      LOCKSTEP_PAIR
      LOCKSTEP_PAIR
      LOCKSTEP_PAIR
      "subs %[left], %[left], #8\n"
      "b.ge 2b\n"
      "3:\n"
      "tbz %[left], #2, 4f\n"
      LOCKSTEP_PAIR
      LOCKSTEP_PAIR
      "4:\n"
      "tbz %[left], #1, 5f\n"
      LOCKSTEP_PAIR
      "5:\n"
      "tbz %[left], #0, 6f\n"
      "ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [%[weights]]\n"
      "ld1r {v0.4s}, [%[x0]]\n"
      "ld1r {v2.4s}, [%[x1]]\n"
      LOCKSTEP_ONE_QUAD(4, 0, 16, 17, 12, 13)
      LOCKSTEP_ONE_QUAD(4, 2, 24, 25, 14, 15)
      LOCKSTEP_ONE_QUAD(5, 0, 18, 19, 12, 13)
      LOCKSTEP_ONE_QUAD(5, 2, 26, 27, 14, 15)
      LOCKSTEP_ONE_QUAD(6, 0, 20, 21, 12, 13)
      LOCKSTEP_ONE_QUAD(6, 2, 28, 29, 14, 15)
      LOCKSTEP_ONE_QUAD(7, 0, 22, 23, 12, 13)
      LOCKSTEP_ONE_QUAD(7, 2, 30, 31, 14, 15)
      "6:\n"
      LOCKSTEP_ADD_LANES(16, 16, 17)
      LOCKSTEP_ADD_LANES(17, 18, 19)
      LOCKSTEP_ADD_LANES(18, 20, 21)
      LOCKSTEP_ADD_LANES(19, 22, 23)
      LOCKSTEP_ADD_LANES(20, 24, 25)
      LOCKSTEP_ADD_LANES(21, 26, 27)
      LOCKSTEP_ADD_LANES(22, 28, 29)
      LOCKSTEP_ADD_LANES(23, 30, 31)
      "tbnz %[end], #0, 9f\n"
      "ld1 {v0.4s, v1.4s, v2.4s, v3.4s}, [%[at]], #64\n"
      "ld1 {v4.4s, v5.4s, v6.4s, v7.4s}, [%[at]], #64\n"
      "cbz %[end], 7f\n"
      LOCKSTEP_PLAIN(16, 17, 18, 19)
      LOCKSTEP_PLAIN(20, 21, 22, 23)
      "b 8f\n"
      "7:\n"
      "ld1 {v8.16b, v9.16b, v10.16b}, [%[at]]\n"
      LOCKSTEP_BYTES(16, 17, 18, 19)
      LOCKSTEP_BYTES(20, 21, 22, 23)
      "8:\n"
      "st1 {v16.16b}, [%[out]], %[out_step]\n"
      "st1 {v20.16b}, [%[out]], %[out_step]\n"
      "subs %[tiles], %[tiles], #1\n"
      "b.ne 1b\n"
      "b 10f\n"
      "9:\n"
      "st1 {v16.4s, v17.4s, v18.4s, v19.4s}, [%[out]], %[out_step]\n"
      "st1 {v20.4s, v21.4s, v22.4s, v23.4s}, [%[out]], %[out_step]\n"
      "subs %[tiles], %[tiles], #1\n"
      "b.ne 1b\n"
      "10:\n"
      : [lines] "+r"(run->lines), [out] "+r"(run->out), [tiles] "+r"(tiles), [x0] "=&r"(x0), [x1] "=&r"(x1),
        [weights] "=&r"(weights), [at] "=&r"(at), [left] "=&r"(left)
      : [line_bytes] "r"(run->line_bytes), [all_weights] "r"(run->weights), [constants] "r"(run->constants),
        [out_step] "r"(run->out_step), [quads] "r"(run->quads), [end] "r"(run->end)
      : LOCKSTEP_ALL_VECTORS);
}
// clang-format on

#undef LOCKSTEP_TWO_QUADS
#undef LOCKSTEP_PAIR
#undef LOCKSTEP_ONE_QUAD
#undef LOCKSTEP_BYTES
#undef LOCKSTEP_ADD_LANES

struct Machine {
  static constexpr int kPixels = 2;
  static constexpr int kChannels = kBlockChannels;
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
