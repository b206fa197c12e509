// A quad of weights is what sdot takes: four channels, four deep. A vector of sixteen bytes of a pixel meets four
// quads, one after the other by its lanes. A tile is up to four pixels by sixteen channels, which leaves registers for
// two vectors of each pixel and two quads of weights. Pixels lie in panels of four, so that a load has a vector of
// each.
//
// Only this file is compiled for dot products. It must not use inline functions with external linkage: the linker might
// keep its copy of one for a CPU without these instructions.
#include "gemm/neon_lines.h"
#include "gemm/neon_tile_bytes.h"
#include "gemm/panels_neondot.h"
#include "ops/common/byte_table_neon.h"

namespace lockstep::kernels {
namespace {

using Constants = TileConstants<kBlockChannels, 1>;

// clang-format off
// Four quads' lane of a pixel's vector x, weights in w0 to w3.
#define LOCKSTEP_PIXEL(a, b, c, d, x, lane, w0, w1, w2, w3)              \
  "sdot v" #a ".4s, v" #w0 ".16b, v" #x ".4b[" #lane "]\n"               \
  "sdot v" #b ".4s, v" #w1 ".16b, v" #x ".4b[" #lane "]\n"               \
  "sdot v" #c ".4s, v" #w2 ".16b, v" #x ".4b[" #lane "]\n"               \
  "sdot v" #d ".4s, v" #w3 ".16b, v" #x ".4b[" #lane "]\n"

#define LOCKSTEP_QUAD_1(x0, x1, x2, x3, lane, w0, w1, w2, w3) LOCKSTEP_PIXEL(0, 1, 2, 3, x0, lane, w0, w1, w2, w3)
#define LOCKSTEP_QUAD_2(x0, x1, x2, x3, lane, w0, w1, w2, w3)      \
  LOCKSTEP_QUAD_1(x0, x1, x2, x3, lane, w0, w1, w2, w3)            \
  LOCKSTEP_PIXEL(4, 5, 6, 7, x1, lane, w0, w1, w2, w3)
#define LOCKSTEP_QUAD_3(x0, x1, x2, x3, lane, w0, w1, w2, w3)      \
  LOCKSTEP_QUAD_2(x0, x1, x2, x3, lane, w0, w1, w2, w3)            \
  LOCKSTEP_PIXEL(8, 9, 10, 11, x2, lane, w0, w1, w2, w3)
#define LOCKSTEP_QUAD_4(x0, x1, x2, x3, lane, w0, w1, w2, w3)      \
  LOCKSTEP_QUAD_3(x0, x1, x2, x3, lane, w0, w1, w2, w3)            \
  LOCKSTEP_PIXEL(12, 13, 14, 15, x3, lane, w0, w1, w2, w3)

#define LOCKSTEP_EVEN_WEIGHTS "ld1 {v24.16b, v25.16b, v26.16b, v27.16b}, [%[weights]], #64\n"
#define LOCKSTEP_ODD_WEIGHTS "ld1 {v28.16b, v29.16b, v30.16b, v31.16b}, [%[weights]], #64\n"
#define LOCKSTEP_EVEN(pixels, x0, x1, x2, x3, lane) LOCKSTEP_QUAD_##pixels(x0, x1, x2, x3, lane, 24, 25, 26, 27)
#define LOCKSTEP_ODD(pixels, x0, x1, x2, x3, lane) LOCKSTEP_QUAD_##pixels(x0, x1, x2, x3, lane, 28, 29, 30, 31)
// Weights are loaded a quad ahead.
#define LOCKSTEP_FOUR_QUADS(pixels, x0, x1, x2, x3, next)          \
  LOCKSTEP_ODD_WEIGHTS                                             \
  LOCKSTEP_EVEN(pixels, x0, x1, x2, x3, 0)                         \
  LOCKSTEP_EVEN_WEIGHTS                                            \
  LOCKSTEP_ODD(pixels, x0, x1, x2, x3, 1)                          \
  LOCKSTEP_ODD_WEIGHTS                                             \
  LOCKSTEP_EVEN(pixels, x0, x1, x2, x3, 2)                         \
  next                                                             \
  LOCKSTEP_ODD(pixels, x0, x1, x2, x3, 3)

#define LOCKSTEP_LOAD_A "ld1 {v16.16b, v17.16b, v18.16b, v19.16b}, [%[panel]], #64\n"
#define LOCKSTEP_LOAD_B "ld1 {v20.16b, v21.16b, v22.16b, v23.16b}, [%[panel]], #64\n"
#define LOCKSTEP_STORE(x) "st1 {v" #x ".16b}, [%[out]], %[out_step]\n"
#define LOCKSTEP_BYTES(a, b, c, d) LOCKSTEP_BYTES_OF(a, b, c, d, 28, 29, 30) LOCKSTEP_STORE(a)
#define LOCKSTEP_PLAIN(a, b, c, d) LOCKSTEP_PLAIN_BYTES_OF(a, b, c, d) LOCKSTEP_STORE(a)
#define LOCKSTEP_NARROW(a, b, c, d) LOCKSTEP_NARROW_BYTES_OF(a, b, c, d) LOCKSTEP_STORE(a)
#define LOCKSTEP_SUMS(a, b, c, d) \
  "st1 {v" #a ".4s, v" #b ".4s, v" #c ".4s, v" #d ".4s}, [%[out]], %[out_step]\n"

// Every pixel's four registers.
#define LOCKSTEP_EACH_1(what) what(0, 1, 2, 3)
#define LOCKSTEP_EACH_2(what) LOCKSTEP_EACH_1(what) what(4, 5, 6, 7)
#define LOCKSTEP_EACH_3(what) LOCKSTEP_EACH_2(what) what(8, 9, 10, 11)
#define LOCKSTEP_EACH_4(what) LOCKSTEP_EACH_3(what) what(12, 13, 14, 15)

#define LOCKSTEP_EIGHT_QUADS(pixels)                                                                                  \
        LOCKSTEP_EVEN_WEIGHTS                                                                                         \
        LOCKSTEP_LOAD_A                                                                                               \
        LOCKSTEP_LOAD_B                                                                                               \
        LOCKSTEP_FOUR_QUADS(pixels, 16, 17, 18, 19, LOCKSTEP_EVEN_WEIGHTS)                                            \
        LOCKSTEP_FOUR_QUADS(pixels, 20, 21, 22, 23, "")
#define LOCKSTEP_LOOP(pixels, quads, eights)                                                                          \
        "subs %[left], %[quads], #" #quads "\n"                                                                       \
        "b.lt 3f\n"                                                                                                   \
        "2:\n"                                                                                                        \
        eights                                                                                                        \
        "subs %[left], %[left], #" #quads "\n"                                                                        \
        "b.ge 2b\n"                                                                                                   \
        "3:\n"                                                                                                        \
        "cbz %[rest], 5f\n"
#define LOCKSTEP_LOOP_1(pixels) LOCKSTEP_LOOP(pixels, 8, LOCKSTEP_EIGHT_QUADS(pixels))
#define LOCKSTEP_LOOP_2(pixels) LOCKSTEP_LOOP_1(pixels)
#define LOCKSTEP_LOOP_3(pixels) LOCKSTEP_LOOP_1(pixels)
#define LOCKSTEP_LOOP_4(pixels)                                                                                       \
        LOCKSTEP_LOOP(pixels, 16, LOCKSTEP_EIGHT_QUADS(pixels) LOCKSTEP_EIGHT_QUADS(pixels))                          \
        "tbz %[left], #3, 10f\n"                                                                                      \
        LOCKSTEP_EIGHT_QUADS(pixels)                                                                                  \
        "10:\n"

#define LOCKSTEP_TILES(pixels)                                                                                        \
  [[gnu::noinline]] void RunTiles##pixels(LineRun* run, int64_t tiles) {                                              \
    const int8_t* weights;                                                                                            \
    int64_t left;                                                                                                     \
    const auto* constants = static_cast<const Constants*>(run->constants);                                            \
    __asm__ volatile(                                                                                                 \
        "1:\n"                                                                                                        \
        "mov %[weights], %[all_weights]\n"                                                                            \
        LOCKSTEP_START_##pixels                                                                                       \
        LOCKSTEP_LOOP_##pixels(pixels)                                                                                \
        "tbz %[left], #2, 4f\n"                                                                                       \
        LOCKSTEP_EVEN_WEIGHTS                                                                                         \
        LOCKSTEP_LOAD_A                                                                                               \
        LOCKSTEP_FOUR_QUADS(pixels, 16, 17, 18, 19, "")                                                               \
        "4:\n"                                                                                                        \
        "ands %[left], %[left], #3\n"                                                                                 \
        "b.eq 5f\n"                                                                                                   \
        LOCKSTEP_LOAD_A                                                                                               \
        LOCKSTEP_EVEN_WEIGHTS                                                                                         \
        LOCKSTEP_EVEN(pixels, 16, 17, 18, 19, 0)                                                                      \
        "subs %[left], %[left], #2\n"                                                                                 \
        "b.lt 5f\n"                                                                                                   \
        LOCKSTEP_ODD_WEIGHTS                                                                                          \
        LOCKSTEP_ODD(pixels, 16, 17, 18, 19, 1)                                                                       \
        "b.eq 5f\n"                                                                                                   \
        LOCKSTEP_EVEN_WEIGHTS                                                                                         \
        LOCKSTEP_EVEN(pixels, 16, 17, 18, 19, 2)                                                                      \
        "5:\n"                                                                                                        \
        "tbz %[end], #2, 6f\n"                                                                                        \
        "ld1 {v16.4s, v17.4s, v18.4s, v19.4s}, [%[multipliers]]\n"                                                    \
        "ldp q20, q21, [%[at], #128]\n"                                                                               \
        LOCKSTEP_EACH_##pixels(LOCKSTEP_NARROW)                                                                       \
        "subs %[tiles], %[tiles], #1\n"                                                                               \
        "b.ne 1b\n"                                                                                                   \
        "b 9f\n"                                                                                                      \
        "6:\n"                                                                                                        \
        "tbnz %[end], #0, 8f\n"                                                                                       \
        "add %[left], %[at], #64\n"                                                                                   \
        "ld1 {v16.4s, v17.4s, v18.4s, v19.4s}, [%[left]], #64\n"                                                      \
        "ld1 {v20.4s, v21.4s, v22.4s, v23.4s}, [%[left]], #64\n"                                                      \
        "cbz %[end], 7f\n"                                                                                            \
        LOCKSTEP_EACH_##pixels(LOCKSTEP_PLAIN)                                                                        \
        "subs %[tiles], %[tiles], #1\n"                                                                               \
        "b.ne 1b\n"                                                                                                   \
        "b 9f\n"                                                                                                      \
        "7:\n"                                                                                                        \
        "ld1 {v28.16b, v29.16b, v30.16b}, [%[left]]\n"                                                                \
        LOCKSTEP_EACH_##pixels(LOCKSTEP_BYTES)                                                                        \
        "subs %[tiles], %[tiles], #1\n"                                                                               \
        "b.ne 1b\n"                                                                                                   \
        "b 9f\n"                                                                                                      \
        "8:\n"                                                                                                        \
        LOCKSTEP_EACH_##pixels(LOCKSTEP_SUMS)                                                                         \
        "subs %[tiles], %[tiles], #1\n"                                                                               \
        "b.ne 1b\n"                                                                                                   \
        "9:\n"                                                                                                        \
        : [panel] "+r"(run->lines), [out] "+r"(run->out), [tiles] "+r"(tiles), [weights] "=&r"(weights),              \
          [left] "=&r"(left)                                                                                          \
        : [all_weights] "r"(run->weights), [at] "r"(constants), [multipliers] "r"(constants->multiplier),             \
          [out_step] "r"(run->out_step), [quads] "r"(run->quads), [rest] "r"(run->quads & (pixels == 4 ? 15 : 7)),    \
          [end] "r"(run->end)                                                                                         \
        : LOCKSTEP_ALL_VECTORS);                                                                                      \
  }
// clang-format on

LOCKSTEP_TILES(1)
LOCKSTEP_TILES(2)
LOCKSTEP_TILES(3)
LOCKSTEP_TILES(4)

struct Machine {
  static constexpr int kPixels = 4;
  static constexpr int kChannels = kBlockChannels;
  static constexpr int kSums = 1;
  static constexpr bool kNarrows = true;
  [[gnu::always_inline]] static void FillStart(int32x4_t acc_init, int32_t* start) { vst1q_s32(start, acc_init); }
  static void Fill(const ConvRow& row, int32_t count, int32_t left, const SegmentPlan& plan, ptrdiff_t line_bytes,
                   PixelWalk* walk, uint8_t* lines) {
    FillPanels(row, count, left, plan.bytes, line_bytes, walk, lines);
  }
  static void Run(LineRun* run, int32_t pixels) {
    if (pixels >= kPixels) RunTiles4(run, pixels / kPixels);
    switch (pixels % kPixels) {
      case 3:
        return RunTiles3(run, 1);
      case 2:
        return RunTiles2(run, 1);
      case 1:
        return RunTiles1(run, 1);
      default:
        return;
    }
  }
};

void RunRow(const ConvRow& row) { RunLines<Machine>(row); }

}  // namespace

const ConvVariant row_u8s8_neondot{true, RunRow, ApplyTableNeon, FinishSumsNeon, false, true, true};

}  // namespace lockstep::kernels
