// ARMv7's NEON has the products of bytes that aarch64's baseline has (row_u8s8_neon.cpp) and half the registers: a tile
// is two pixels by eight channels, with two 32-bit lanes to a channel, and a block is two of them.
#include "gemm/neon_store.h"
#include "ops/common/byte_table.h"

namespace lockstep::kernels {
namespace {

constexpr int kTilePixels = 2;
constexpr int kHalf = kBlockChannels / 2;  // channels of a tile
constexpr ptrdiff_t kHalfBytes = kQuadBytes / 2;

// The order of its members is what the assembler below counts on.
struct Tile {
  const uint8_t* const* segments;
  int32_t segment_count;
  int32_t quads;
  int32_t offset[kTilePixels];  // of the two pixels within a segment's row
  const int32_t* start;         // a channel's acc_init in the first of its two lanes
  int32_t* sums[kTilePixels];
};

// The products of one quad of channels 0 to 3 or 4 to 7 of the half, and of the next quad; both fit into 16 bits, with
// x - 128 and w within +-127.
#define LOCKSTEP_TWO_QUADS(w0, w1, w2, w3, x0, x1, acc0, acc1) \
  "vmull.s8 q6, d" #w0 ", d" #x0 "\n"                          \
  "vmull.s8 q7, d" #w1 ", d" #x0 "\n"                          \
  "vmlal.s8 q6, d" #w2 ", d" #x1 "\n"                          \
  "vmlal.s8 q7, d" #w3 ", d" #x1 "\n"                          \
  "vpadal.s16 q" #acc0 ", q6\n"                                \
  "vpadal.s16 q" #acc1 ", q7\n"

#define LOCKSTEP_PAIR                               \
  "vld1.8 {d4-d7}, [%[weights]], %[step]\n"         \
  "vld2.32 {d0[], d1[]}, [%[x0]]!\n"                \
  "vld2.32 {d2[], d3[]}, [%[x1]]!\n"                \
  "vld1.8 {d8-d11}, [%[weights]], %[step]\n"        \
  LOCKSTEP_TWO_QUADS(4, 5, 8, 9, 0, 1, 8, 9)        \
  LOCKSTEP_TWO_QUADS(4, 5, 8, 9, 2, 3, 12, 13)      \
  LOCKSTEP_TWO_QUADS(6, 7, 10, 11, 0, 1, 10, 11)    \
  LOCKSTEP_TWO_QUADS(6, 7, 10, 11, 2, 3, 14, 15)

#define LOCKSTEP_ONE_QUAD(w0, w1, x0, acc0, acc1) \
  "vmull.s8 q6, d" #w0 ", d" #x0 "\n"             \
  "vmull.s8 q7, d" #w1 ", d" #x0 "\n"             \
  "vpadal.s16 q" #acc0 ", q6\n"                   \
  "vpadal.s16 q" #acc1 ", q7\n"

// As assembler because gcc does not keep this many accumulators in registers.
void Accumulate(const Tile& tile, const int8_t* weights) {
  const uint8_t* x0;
  const uint8_t* x1;
  const uint8_t* const* segment;
  int32_t segments;
  int32_t left;
  __asm__ volatile(
      "ldr %[left], [%[tile], #20]\n"
      "vldmia %[left], {d16-d23}\n"
      "vldmia %[left], {d24-d31}\n"
      "ldr %[segment], [%[tile]]\n"
      "ldr %[segments], [%[tile], #4]\n"
      "1:\n"
      "ldr %[x1], [%[segment]], #4\n"
      "ldr %[left], [%[tile], #12]\n"
      "add %[x0], %[x1], %[left]\n"
      "ldr %[left], [%[tile], #16]\n"
      "add %[x1], %[x1], %[left]\n"
      "ldr %[left], [%[tile], #8]\n"
      "subs %[left], %[left], #4\n"
      "blt 3f\n"
      "2:\n"
      LOCKSTEP_PAIR
      LOCKSTEP_PAIR
      "subs %[left], %[left], #4\n"
      "bge 2b\n"
      "3:\n"
      "tst %[left], #2\n"
      "beq 4f\n"
      LOCKSTEP_PAIR
      "4:\n"
      "tst %[left], #1\n"
      "beq 5f\n"
      "vld1.8 {d4-d7}, [%[weights]], %[step]\n"
      "vld1.32 {d0[]}, [%[x0]]\n"
      "vld1.32 {d2[]}, [%[x1]]\n"
      LOCKSTEP_ONE_QUAD(4, 5, 0, 8, 9)
      LOCKSTEP_ONE_QUAD(6, 7, 0, 10, 11)
      LOCKSTEP_ONE_QUAD(4, 5, 2, 12, 13)
      LOCKSTEP_ONE_QUAD(6, 7, 2, 14, 15)
      "5:\n"
      "subs %[segments], %[segments], #1\n"
      "bne 1b\n"
      "ldr %[x0], [%[tile], #24]\n"
      "ldr %[x1], [%[tile], #28]\n"
      "vpadd.s32 d16, d16, d17\n"
      "vpadd.s32 d17, d18, d19\n"
      "vpadd.s32 d18, d20, d21\n"
      "vpadd.s32 d19, d22, d23\n"
      "vpadd.s32 d24, d24, d25\n"
      "vpadd.s32 d25, d26, d27\n"
      "vpadd.s32 d26, d28, d29\n"
      "vpadd.s32 d27, d30, d31\n"
      "vst1.32 {d16-d19}, [%[x0]]\n"
      "vst1.32 {d24-d27}, [%[x1]]\n"
      : [weights] "+r"(weights), [segment] "=&r"(segment), [segments] "=&r"(segments), [x0] "=&r"(x0), [x1] "=&r"(x1),
        [left] "=&r"(left)
      : [tile] "r"(&tile), [step] "r"(kQuadBytes)
      : "cc", "memory", "q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10", "q11", "q12", "q13", "q14",
        "q15");
}

void FillStart(const ConvBlock& block, int32_t* start) {
  for (int i = 0; i < kBlockChannels; ++i) {
    start[2 * i] = block.acc_init[i];
    start[2 * i + 1] = 0;
  }
}

void RunRow(const ConvRow& row) {
  const ptrdiff_t block_weights = ptrdiff_t{row.segment_count} * row.quads * kQuadBytes;
  alignas(16) int32_t start[2 * kBlockChannels];
  alignas(16) int32_t sums[kTilePixels][kBlockChannels];
  Tile tile{row.segments, row.segment_count, row.quads, {}, nullptr, {}};
  for (int32_t block = 0; block < row.blocks; ++block) {
    const BlockStore store(row, block);
    const int8_t* weights = row.weights + block * block_weights;
    FillStart(row.constants[block], start);
    for (int32_t pixel = 0; pixel < row.pixels; pixel += kTilePixels) {
      // Behind the row's last pixel the second one is that pixel once more.
      const int32_t second = pixel + 1 < row.pixels ? pixel + 1 : pixel;
      tile.offset[0] = pixel * static_cast<int32_t>(row.pixel_step);
      tile.offset[1] = second * static_cast<int32_t>(row.pixel_step);
      for (int half = 0; half < 2; ++half) {
        tile.start = start + 2 * kHalf * half;
        for (int p = 0; p < kTilePixels; ++p) tile.sums[p] = sums[p] + kHalf * half;
        Accumulate(tile, weights + half * kHalfBytes);
      }
      store.Pixel(pixel, LoadSums(sums[0]));
      if (second != pixel) store.Pixel(second, LoadSums(sums[1]));
    }
  }
}

#undef LOCKSTEP_TWO_QUADS
#undef LOCKSTEP_PAIR
#undef LOCKSTEP_ONE_QUAD

}  // namespace

const ConvVariant row_u8s8_neon{true, RunRow, ApplyTable, FinishSums};

}  // namespace lockstep::kernels
