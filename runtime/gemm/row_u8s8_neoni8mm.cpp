// usmmla multiplies eight bytes of two pixels with eight of two channels: unsigned with signed, so that rows are taken
// as they are. Weights of two quads are interleaved once for a row of pixels: eight vectors, each of two channels and
// eight deep. A tile is four pixels by sixteen channels.
//
// Only this file is compiled for i8mm. It must not use inline functions with external linkage: the linker might keep
// its copy of one for a CPU without these instructions.
#include "gemm/neon_dot_tile.h"
#include "ops/common/byte_table_neon.h"

namespace lockstep::kernels {
namespace {

// clang-format off
// Eight deep, with the channels of a vector of weights: both pixels of a pair lie in x.
#define LOCKSTEP_PAIR(a, b, c, d, x)                        \
  "usmmla v" #a ".4s, v" #x ".16b, v28.16b\n"               \
  "usmmla v" #b ".4s, v" #x ".16b, v29.16b\n"               \
  "usmmla v" #c ".4s, v" #x ".16b, v30.16b\n"               \
  "usmmla v" #d ".4s, v" #x ".16b, v31.16b\n"

#define LOCKSTEP_WEIGHTS "ld1 {v28.16b, v29.16b, v30.16b, v31.16b}, [%[weights]], #64\n"
#define LOCKSTEP_STEP_2(x0, x1)                             \
  LOCKSTEP_WEIGHTS                                          \
  LOCKSTEP_PAIR(0, 1, 2, 3, x0)                             \
  LOCKSTEP_WEIGHTS                                          \
  LOCKSTEP_PAIR(4, 5, 6, 7, x0)
#define LOCKSTEP_STEP_4(x0, x1)                             \
  LOCKSTEP_WEIGHTS                                          \
  LOCKSTEP_PAIR(0, 1, 2, 3, x0)                             \
  LOCKSTEP_PAIR(8, 9, 10, 11, x1)                           \
  LOCKSTEP_WEIGHTS                                          \
  LOCKSTEP_PAIR(4, 5, 6, 7, x0)                             \
  LOCKSTEP_PAIR(12, 13, 14, 15, x1)

#define LOCKSTEP_LOAD_32_2                                  \
  "ld1 {v16.16b, v17.16b}, [%[x0]], #32\n"                  \
  "ld1 {v18.16b, v19.16b}, [%[x1]], #32\n"
#define LOCKSTEP_LOAD_32_4                                  \
  LOCKSTEP_LOAD_32_2                                        \
  "ld1 {v20.16b, v21.16b}, [%[x2]], #32\n"                  \
  "ld1 {v22.16b, v23.16b}, [%[x3]], #32\n"
#define LOCKSTEP_LOAD_16_2                                  \
  "ldr q16, [%[x0]], #16\n"                                 \
  "ldr q18, [%[x1]], #16\n"
#define LOCKSTEP_LOAD_16_4                                  \
  LOCKSTEP_LOAD_16_2                                        \
  "ldr q20, [%[x2]], #16\n"                                 \
  "ldr q22, [%[x3]], #16\n"
#define LOCKSTEP_LOAD_8_2                                   \
  "ldr d24, [%[x0]], #8\n"                                  \
  "ld1 {v24.d}[1], [%[x1]], #8\n"
#define LOCKSTEP_LOAD_8_4                                   \
  LOCKSTEP_LOAD_8_2                                         \
  "ldr d26, [%[x2]], #8\n"                                  \
  "ld1 {v26.d}[1], [%[x3]], #8\n"
#define LOCKSTEP_LOAD_4_2                                   \
  "ldr s24, [%[x0]]\n"                                      \
  "ld1 {v24.s}[2], [%[x1]]\n"
#define LOCKSTEP_LOAD_4_4                                   \
  LOCKSTEP_LOAD_4_2                                         \
  "ldr s26, [%[x2]]\n"                                      \
  "ld1 {v26.s}[2], [%[x3]]\n"
// Pairs of pixels of the first sixteen bytes into v24 to v27, of the next into even registers from v16 on.
#define LOCKSTEP_FIRST_2                                    \
  "zip1 v24.2d, v16.2d, v18.2d\n"                           \
  "zip2 v25.2d, v16.2d, v18.2d\n"
#define LOCKSTEP_FIRST_4                                    \
  LOCKSTEP_FIRST_2                                          \
  "zip1 v26.2d, v20.2d, v22.2d\n"                           \
  "zip2 v27.2d, v20.2d, v22.2d\n"
#define LOCKSTEP_SECOND_2                                   \
  "zip1 v16.2d, v17.2d, v19.2d\n"                           \
  "zip2 v18.2d, v17.2d, v19.2d\n"
#define LOCKSTEP_SECOND_4                                   \
  LOCKSTEP_SECOND_2                                         \
  "zip1 v20.2d, v21.2d, v23.2d\n"                           \
  "zip2 v22.2d, v21.2d, v23.2d\n"

#define LOCKSTEP_START_2                                    \
  "ld1 {v0.4s, v1.4s, v2.4s, v3.4s}, [%[left]], #64\n"      \
  "ld1 {v4.4s, v5.4s, v6.4s, v7.4s}, [%[left]]\n"
#define LOCKSTEP_START_4                                    \
  "ld1 {v8.4s, v9.4s, v10.4s, v11.4s}, [%[left]]\n"         \
  LOCKSTEP_START_2                                          \
  "ld1 {v12.4s, v13.4s, v14.4s, v15.4s}, [%[left]]\n"

// Accumulators have two channels of two pixels: put together by pixels.
#define LOCKSTEP_SORT_2                                     \
  "zip1 v24.2d, v4.2d, v5.2d\n"                             \
  "zip1 v25.2d, v6.2d, v7.2d\n"                             \
  "zip2 v26.2d, v4.2d, v5.2d\n"                             \
  "zip2 v27.2d, v6.2d, v7.2d\n"                             \
  "zip1 v4.2d, v0.2d, v1.2d\n"                              \
  "zip1 v5.2d, v2.2d, v3.2d\n"                              \
  "zip2 v0.2d, v0.2d, v1.2d\n"                              \
  "zip2 v1.2d, v2.2d, v3.2d\n"
#define LOCKSTEP_SORT_4                                     \
  LOCKSTEP_SORT_2                                           \
  "zip1 v2.2d, v12.2d, v13.2d\n"                            \
  "zip1 v3.2d, v14.2d, v15.2d\n"                            \
  "zip2 v6.2d, v12.2d, v13.2d\n"                            \
  "zip2 v7.2d, v14.2d, v15.2d\n"                            \
  "zip1 v12.2d, v8.2d, v9.2d\n"                             \
  "zip1 v13.2d, v10.2d, v11.2d\n"                           \
  "zip2 v8.2d, v8.2d, v9.2d\n"                              \
  "zip2 v9.2d, v10.2d, v11.2d\n"
#define LOCKSTEP_EACH_2(what) what(4, 5, 24, 25, x0) what(0, 1, 26, 27, x1)
#define LOCKSTEP_EACH_4(what) LOCKSTEP_EACH_2(what) what(12, 13, 2, 3, x2) what(8, 9, 6, 7, x3)

#define LOCKSTEP_TILE(pixels)                                                                                      \
  [[gnu::noinline]] void RunTile##pixels(const Tile<4>& tile, const int8_t* weights) {                             \
    const uint8_t* x0;                                                                                             \
    const uint8_t* x1;                                                                                             \
    const uint8_t* x2;                                                                                             \
    const uint8_t* x3;                                                                                             \
    const uint8_t* const* segment;                                                                                 \
    int64_t segments;                                                                                              \
    int64_t left;                                                                                                  \
    __asm__ volatile(                                                                                              \
        "ldr %[left], [%[tile], #16]\n"                                                                            \
        "ldr %[segment], [%[tile]]\n"                                                                              \
        "ldr %w[segments], [%[tile], #8]\n"                                                                        \
        LOCKSTEP_START_##pixels                                                                                    \
        "1:\n"                                                                                                     \
        LOCKSTEP_SEGMENT                                                                                           \
        "subs %w[left], %w[left], #8\n"                                                                            \
        "b.lt 3f\n"                                                                                                \
        "2:\n"                                                                                                     \
        LOCKSTEP_LOAD_32_##pixels                                                                                  \
        LOCKSTEP_FIRST_##pixels                                                                                    \
        LOCKSTEP_SECOND_##pixels                                                                                   \
        LOCKSTEP_STEP_##pixels(24, 26)                                                                             \
        LOCKSTEP_STEP_##pixels(25, 27)                                                                             \
        LOCKSTEP_STEP_##pixels(16, 20)                                                                             \
        LOCKSTEP_STEP_##pixels(18, 22)                                                                             \
        "subs %w[left], %w[left], #8\n"                                                                            \
        "b.ge 2b\n"                                                                                                \
        "3:\n"                                                                                                     \
        "tbz %w[left], #2, 4f\n"                                                                                   \
        LOCKSTEP_LOAD_16_##pixels                                                                                  \
        LOCKSTEP_FIRST_##pixels                                                                                    \
        LOCKSTEP_STEP_##pixels(24, 26)                                                                             \
        LOCKSTEP_STEP_##pixels(25, 27)                                                                             \
        "4:\n"                                                                                                     \
        "tbz %w[left], #1, 5f\n"                                                                                   \
        LOCKSTEP_LOAD_8_##pixels                                                                                   \
        LOCKSTEP_STEP_##pixels(24, 26)                                                                             \
        "5:\n"                                                                                                     \
        "tbz %w[left], #0, 6f\n"                                                                                   \
        LOCKSTEP_LOAD_4_##pixels                                                                                   \
        LOCKSTEP_STEP_##pixels(24, 26)                                                                             \
        "6:\n"                                                                                                     \
        "subs %w[segments], %w[segments], #1\n"                                                                    \
        "b.ne 1b\n"                                                                                                \
        LOCKSTEP_SORT_##pixels                                                                                     \
        LOCKSTEP_FINISH(128, LOCKSTEP_EACH_##pixels(LOCKSTEP_BYTES), LOCKSTEP_EACH_##pixels(LOCKSTEP_SUMS))        \
        : [weights] "+r"(weights), [segment] "=&r"(segment), [segments] "=&r"(segments), [x0] "=&r"(x0),           \
          [x1] "=&r"(x1), [x2] "=&r"(x2), [x3] "=&r"(x3), [left] "=&r"(left)                                       \
        : [tile] "r"(&tile)                                                                                        \
        : LOCKSTEP_ALL_VECTORS);                                                                                   \
  }
// clang-format on

LOCKSTEP_TILE(2)
LOCKSTEP_TILE(4)

// clang-format off
// `pairs` pairs of quads: of every four channels two vectors of two.
void Interleave(const int8_t** weights, int64_t pairs, int8_t** to) {
  __asm__ volatile(
      "1:\n"
      "ld1 {v0.4s, v1.4s, v2.4s, v3.4s}, [%[from]], #64\n"
      "ld1 {v4.4s, v5.4s, v6.4s, v7.4s}, [%[from]], #64\n"
      "zip1 v16.4s, v0.4s, v4.4s\n"
      "zip2 v17.4s, v0.4s, v4.4s\n"
      "zip1 v18.4s, v1.4s, v5.4s\n"
      "zip2 v19.4s, v1.4s, v5.4s\n"
      "zip1 v20.4s, v2.4s, v6.4s\n"
      "zip2 v21.4s, v2.4s, v6.4s\n"
      "zip1 v22.4s, v3.4s, v7.4s\n"
      "zip2 v23.4s, v3.4s, v7.4s\n"
      "st1 {v16.4s, v17.4s, v18.4s, v19.4s}, [%[to]], #64\n"
      "st1 {v20.4s, v21.4s, v22.4s, v23.4s}, [%[to]], #64\n"
      "subs %[pairs], %[pairs], #1\n"
      "b.ne 1b\n"
      : [from] "+r"(*weights), [to] "+r"(*to), [pairs] "+r"(pairs)
      :
      : LOCKSTEP_ALL_VECTORS);
}

// The last quad of an odd number has zeros for its neighbour.
void InterleaveLast(const int8_t** weights, int8_t** to) {
  alignas(16) int8_t two[2 * kQuadBytes] = {};
  for (int i = 0; i < kQuadBytes; i += 16) vst1q_s8(two + i, vld1q_s8(*weights + i));
  const int8_t* from = two;
  Interleave(&from, 1, to);
  *weights += kQuadBytes;
}
// clang-format on

struct Machine {
  static constexpr bool kRowsTogether = true;
  static constexpr int kPixels = 4;
  static constexpr int kChannels = 16;
  static constexpr int kSums = 2;
  [[gnu::always_inline]] static void FillStart(int32_t acc_init, int lane, int32_t* start) {
    int32_t* pair = start + lane / 2 * 4 + lane % 2;
    pair[0] = pair[2] = acc_init;
  }
  static const int8_t* Prepare(const ConvRow& row, const int8_t* weights) {
    auto* const packed = static_cast<int8_t*>(row.packed);
    int8_t* to = packed;
    for (int32_t segment = 0; segment < row.segment_count; ++segment) {
      if (row.quads > 1) Interleave(&weights, row.quads / 2, &to);
      if (row.quads % 2 != 0) InterleaveLast(&weights, &to);
    }
    return packed;
  }
  [[gnu::always_inline]] static void Run(const Tile<kPixels>& tile, int32_t left, const int8_t* weights) {
    return left > 2 ? RunTile4(tile, weights) : RunTile2(tile, weights);
  }
};

void RunRow(const ConvRow& row) { RunTiledRow<Machine>(row); }

}  // namespace

const ConvVariant row_u8s8_neoni8mm{false, RunRow, ApplyTableNeon, FinishSumsNeon, false, true};

}  // namespace lockstep::kernels
