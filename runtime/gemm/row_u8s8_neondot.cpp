// A quad of weights is what sdot takes: four channels, four deep. A vector of sixteen bytes of a pixel meets four
// quads, one after the other by its lanes. A tile is up to four pixels by sixteen channels, which leaves registers for
// two vectors of each pixel and two quads of weights.
//
// Only this file is compiled for dot products. It must not use inline functions with external linkage: the linker might
// keep its copy of one for a CPU without these instructions.
#include "gemm/neon_dot_tile.h"
#include "ops/common/byte_table_neon.h"

namespace lockstep::kernels {
namespace {

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

#define LOCKSTEP_LOAD_32_1 "ld1 {v16.16b, v17.16b}, [%[x0]], #32\n"
#define LOCKSTEP_LOAD_32_2 LOCKSTEP_LOAD_32_1 "ld1 {v18.16b, v19.16b}, [%[x1]], #32\n"
#define LOCKSTEP_LOAD_32_3 LOCKSTEP_LOAD_32_2 "ld1 {v20.16b, v21.16b}, [%[x2]], #32\n"
#define LOCKSTEP_LOAD_32_4 LOCKSTEP_LOAD_32_3 "ld1 {v22.16b, v23.16b}, [%[x3]], #32\n"
#define LOCKSTEP_LOAD_16_1 "ldr q16, [%[x0]], #16\n"
#define LOCKSTEP_LOAD_16_2 LOCKSTEP_LOAD_16_1 "ldr q18, [%[x1]], #16\n"
#define LOCKSTEP_LOAD_16_3 LOCKSTEP_LOAD_16_2 "ldr q20, [%[x2]], #16\n"
#define LOCKSTEP_LOAD_16_4 LOCKSTEP_LOAD_16_3 "ldr q22, [%[x3]], #16\n"
#define LOCKSTEP_LOAD_4_1 "ldr s16, [%[x0]], #4\n"
#define LOCKSTEP_LOAD_4_2 LOCKSTEP_LOAD_4_1 "ldr s18, [%[x1]], #4\n"
#define LOCKSTEP_LOAD_4_3 LOCKSTEP_LOAD_4_2 "ldr s20, [%[x2]], #4\n"
#define LOCKSTEP_LOAD_4_4 LOCKSTEP_LOAD_4_3 "ldr s22, [%[x3]], #4\n"
#define LOCKSTEP_START_1 "ld1 {v0.4s, v1.4s, v2.4s, v3.4s}, [%[left]]\n"
#define LOCKSTEP_START_2 LOCKSTEP_START_1 "ld1 {v4.4s, v5.4s, v6.4s, v7.4s}, [%[left]]\n"
#define LOCKSTEP_START_3 LOCKSTEP_START_2 "ld1 {v8.4s, v9.4s, v10.4s, v11.4s}, [%[left]]\n"
#define LOCKSTEP_START_4 LOCKSTEP_START_3 "ld1 {v12.4s, v13.4s, v14.4s, v15.4s}, [%[left]]\n"

// Every pixel's four registers and where they go.
#define LOCKSTEP_EACH_1(what) what(0, 1, 2, 3, x0)
#define LOCKSTEP_EACH_2(what) LOCKSTEP_EACH_1(what) what(4, 5, 6, 7, x1)
#define LOCKSTEP_EACH_3(what) LOCKSTEP_EACH_2(what) what(8, 9, 10, 11, x2)
#define LOCKSTEP_EACH_4(what) LOCKSTEP_EACH_3(what) what(12, 13, 14, 15, x3)

#define LOCKSTEP_TILE(pixels)                                                                                       \
  [[gnu::noinline]] void RunTile##pixels(const Tile<4>& tile, const int8_t* weights) {                              \
    const uint8_t* x0;                                                                                              \
    const uint8_t* x1;                                                                                              \
    const uint8_t* x2;                                                                                              \
    const uint8_t* x3;                                                                                              \
    const uint8_t* const* segment;                                                                                  \
    int64_t segments;                                                                                               \
    int64_t left;                                                                                                   \
    __asm__ volatile(                                                                                               \
        "ldr %[left], [%[tile], #16]\n"                                                                             \
        "ldr %[segment], [%[tile]]\n"                                                                               \
        "ldr %w[segments], [%[tile], #8]\n"                                                                         \
        LOCKSTEP_START_##pixels                                                                                     \
        "1:\n"                                                                                                      \
        LOCKSTEP_SEGMENT                                                                                            \
        "subs %w[left], %w[left], #8\n"                                                                             \
        "b.lt 3f\n"                                                                                                 \
        "2:\n"                                                                                                      \
        LOCKSTEP_EVEN_WEIGHTS                                                                                       \
        LOCKSTEP_LOAD_32_##pixels                                                                                   \
        LOCKSTEP_FOUR_QUADS(pixels, 16, 18, 20, 22, LOCKSTEP_EVEN_WEIGHTS)                                          \
        LOCKSTEP_FOUR_QUADS(pixels, 17, 19, 21, 23, "")                                                             \
        "subs %w[left], %w[left], #8\n"                                                                             \
        "b.ge 2b\n"                                                                                                 \
        "3:\n"                                                                                                      \
        "tbz %w[left], #2, 4f\n"                                                                                    \
        LOCKSTEP_EVEN_WEIGHTS                                                                                       \
        LOCKSTEP_LOAD_16_##pixels                                                                                   \
        LOCKSTEP_FOUR_QUADS(pixels, 16, 18, 20, 22, "")                                                             \
        "4:\n"                                                                                                      \
        "ands %w[left], %w[left], #3\n"                                                                             \
        "b.eq 6f\n"                                                                                                 \
        "5:\n"                                                                                                      \
        LOCKSTEP_EVEN_WEIGHTS                                                                                       \
        LOCKSTEP_LOAD_4_##pixels                                                                                    \
        LOCKSTEP_EVEN(pixels, 16, 18, 20, 22, 0)                                                                    \
        "subs %w[left], %w[left], #1\n"                                                                             \
        "b.ne 5b\n"                                                                                                 \
        "6:\n"                                                                                                      \
        "subs %w[segments], %w[segments], #1\n"                                                                     \
        "b.ne 1b\n"                                                                                                 \
        LOCKSTEP_FINISH(64, LOCKSTEP_EACH_##pixels(LOCKSTEP_BYTES), LOCKSTEP_EACH_##pixels(LOCKSTEP_SUMS))                                                                                     \
        : [weights] "+r"(weights), [segment] "=&r"(segment), [segments] "=&r"(segments), [x0] "=&r"(x0),            \
          [x1] "=&r"(x1), [x2] "=&r"(x2), [x3] "=&r"(x3), [left] "=&r"(left)                                        \
        : [tile] "r"(&tile)                                                                                         \
        : LOCKSTEP_ALL_VECTORS);                                                                                    \
  }
// clang-format on

LOCKSTEP_TILE(1)
LOCKSTEP_TILE(2)
LOCKSTEP_TILE(3)
LOCKSTEP_TILE(4)

struct Machine {
  static constexpr bool kRowsTogether = true;
  static constexpr int kPixels = 4;
  static constexpr int kChannels = 16;
  static constexpr int kSums = 1;
  [[gnu::always_inline]] static void FillStart(int32_t acc_init, int lane, int32_t* start) { start[lane] = acc_init; }
  [[gnu::always_inline]] static const int8_t* Prepare(const ConvRow& /*row*/, const int8_t* weights) { return weights; }
  [[gnu::always_inline]] static void Run(const Tile<kPixels>& tile, int32_t left, const int8_t* weights) {
    if (left >= kPixels) return RunTile4(tile, weights);
    if (left == 3) return RunTile3(tile, weights);
    return left == 2 ? RunTile2(tile, weights) : RunTile1(tile, weights);
  }
};

void RunRow(const ConvRow& row) { RunTiledRow<Machine>(row); }

}  // namespace

const ConvVariant row_u8s8_neondot{true, RunRow, ApplyTableNeon, FinishSumsNeon, false, true};

}  // namespace lockstep::kernels
