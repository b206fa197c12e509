// Baseline NEON has no dot product: smull and smlal multiply two quads of one pixel with two channels each into 16-bit
// lanes (with x - 128 and w within +-127 two products fit), sadalp widens and adds neighbours. So a channel has two
// 32-bit lanes, which are added at the end. A tile is two pixels by sixteen channels: sixteen accumulators, eight
// weights, two quads of each pixel and four products.
#include "gemm/neon_tiles.h"
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
#define LOCKSTEP_BYTES(a, b, c, d)           \
  "sqdmulh v" #a ".4s, v" #a ".4s, v0.4s\n"  \
  "sqdmulh v" #b ".4s, v" #b ".4s, v1.4s\n"  \
  "sqdmulh v" #c ".4s, v" #c ".4s, v2.4s\n"  \
  "sqdmulh v" #d ".4s, v" #d ".4s, v3.4s\n"  \
  "srshl v" #a ".4s, v" #a ".4s, v4.4s\n"    \
  "srshl v" #b ".4s, v" #b ".4s, v5.4s\n"    \
  "srshl v" #c ".4s, v" #c ".4s, v6.4s\n"    \
  "srshl v" #d ".4s, v" #d ".4s, v7.4s\n"    \
  "sqxtn v" #a ".4h, v" #a ".4s\n"           \
  "sqxtn v" #c ".4h, v" #c ".4s\n"           \
  "sqxtn2 v" #a ".8h, v" #b ".4s\n"          \
  "sqxtn2 v" #c ".8h, v" #d ".4s\n"          \
  "sqadd v" #a ".8h, v" #a ".8h, v8.8h\n"    \
  "sqadd v" #c ".8h, v" #c ".8h, v8.8h\n"    \
  "sqxtun v" #a ".8b, v" #a ".8h\n"          \
  "sqxtun2 v" #a ".16b, v" #c ".8h\n"        \
  "umax v" #a ".16b, v" #a ".16b, v9.16b\n"  \
  "umin v" #a ".16b, v" #a ".16b, v10.16b\n"

#define LOCKSTEP_ADD_LANES(to, a, b) "addp v" #to ".4s, v" #a ".4s, v" #b ".4s\n"

// As assembler because gcc 12 takes a fifth more instructions: it moves loads and products so far apart that
// accumulators are spilled. Requantisation is rq1 for shifts of at least 1; it narrows with saturation, as a value
// beyond 16 bits is beyond 0..255 with every zero point.
void RunTile(const Tile<2>& tile, const int8_t* weights) {
  const uint8_t* x0;
  const uint8_t* x1;
  const uint8_t* const* segment;
  int64_t segments;
  int64_t left;
  __asm__ volatile(
      "ldr %[left], [%[tile], #16]\n"
      "ldr %[segment], [%[tile]]\n"
      "ldr %w[segments], [%[tile], #8]\n"
      "ld1 {v16.4s, v17.4s, v18.4s, v19.4s}, [%[left]], #64\n"
      "ld1 {v20.4s, v21.4s, v22.4s, v23.4s}, [%[left]]\n"
      "sub %[left], %[left], #64\n"
      "ld1 {v24.4s, v25.4s, v26.4s, v27.4s}, [%[left]], #64\n"
      "ld1 {v28.4s, v29.4s, v30.4s, v31.4s}, [%[left]]\n"
      "1:\n"
      "ldp %[x0], %[x1], [%[tile], #24]\n"
      "ldr %[left], [%[segment]], #8\n"
      "add %[x0], %[x0], %[left]\n"
      "add %[x1], %[x1], %[left]\n"
      "ldr %w[left], [%[tile], #12]\n"
      "subs %w[left], %w[left], #4\n"
      "b.lt 3f\n"
      "2:\n"
      LOCKSTEP_PAIR
      LOCKSTEP_PAIR
      "subs %w[left], %w[left], #4\n"
      "b.ge 2b\n"
      "3:\n"
      "tbz %w[left], #1, 4f\n"
      LOCKSTEP_PAIR
      "4:\n"
      "tbz %w[left], #0, 5f\n"
      "ld1 {v4.16b, v5.16b, v6.16b, v7.16b}, [%[weights]], #64\n"
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
      "5:\n"
      "subs %[segments], %[segments], #1\n"
      "b.ne 1b\n"
      LOCKSTEP_ADD_LANES(16, 16, 17)
      LOCKSTEP_ADD_LANES(17, 18, 19)
      LOCKSTEP_ADD_LANES(18, 20, 21)
      LOCKSTEP_ADD_LANES(19, 22, 23)
      LOCKSTEP_ADD_LANES(20, 24, 25)
      LOCKSTEP_ADD_LANES(21, 26, 27)
      LOCKSTEP_ADD_LANES(22, 28, 29)
      LOCKSTEP_ADD_LANES(23, 30, 31)
      "ldr %[left], [%[tile], #16]\n"
      "ldp %[x0], %[x1], [%[tile], #40]\n"
      "ldr %w[segments], [%[tile], #56]\n"
      "cbz %w[segments], 6f\n"
      "add %[left], %[left], #128\n"
      "ld1 {v0.4s, v1.4s, v2.4s, v3.4s}, [%[left]], #64\n"
      "ld1 {v4.4s, v5.4s, v6.4s, v7.4s}, [%[left]], #64\n"
      "ld1 {v8.16b, v9.16b, v10.16b}, [%[left]]\n"
      LOCKSTEP_BYTES(16, 17, 18, 19)
      LOCKSTEP_BYTES(20, 21, 22, 23)
      "str q16, [%[x0]]\n"
      "str q20, [%[x1]]\n"
      "b 7f\n"
      "6:\n"
      "st1 {v16.4s, v17.4s, v18.4s, v19.4s}, [%[x0]]\n"
      "st1 {v20.4s, v21.4s, v22.4s, v23.4s}, [%[x1]]\n"
      "7:\n"
      : [weights] "+r"(weights), [segment] "=&r"(segment), [segments] "=&r"(segments), [x0] "=&r"(x0), [x1] "=&r"(x1),
        [left] "=&r"(left)
      : [tile] "r"(&tile)
      : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14",
        "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30",
        "v31");
}
// clang-format on

#undef LOCKSTEP_TWO_QUADS
#undef LOCKSTEP_PAIR
#undef LOCKSTEP_ONE_QUAD
#undef LOCKSTEP_BYTES
#undef LOCKSTEP_ADD_LANES

struct Machine {
  static constexpr bool kRowsTogether = false;
  static constexpr int kPixels = 2;
  static constexpr int kChannels = 16;
  static constexpr int kSums = 2;
  [[gnu::always_inline]] static void FillStart(int32_t acc_init, int lane, int32_t* start) {
    start[2 * lane] = acc_init;
    start[2 * lane + 1] = 0;
  }
  [[gnu::always_inline]] static const int8_t* Prepare(const ConvRow& /*row*/, const int8_t* weights) { return weights; }
  [[gnu::always_inline]] static void Run(const Tile<kPixels>& tile, int32_t /*left*/, const int8_t* weights) {
    RunTile(tile, weights);
  }
};

void RunRow(const ConvRow& row) { RunTiledRow<Machine>(row); }

}  // namespace

const ConvVariant row_u8s8_neon{true, RunRow, ApplyTableNeon, FinishSumsNeon};

}  // namespace lockstep::kernels
