// usmmla multiplies eight bytes of two pixels with eight of two channels: unsigned with signed, so that rows are taken
// as they are. Both sides are put in order first, so that a load of four registers feeds four products: the pixels of a
// row, or of a few, in panels of eight, and a block's weights once for all of them. A tile is eight pixels by eight
// channels, half a block: accumulators have two channels of two pixels.
//
// Only this file is compiled for i8mm. It must not use inline functions with external linkage: the linker might keep
// its copy of one for a CPU without these instructions.
#include "gemm/neon_tile_bytes.h"
#include "gemm/neon_tiles.h"
#include "gemm/panels_neoni8mm.h"
#include "ops/common/byte_table_neon.h"

namespace lockstep::kernels {
namespace {

constexpr int kHalf = kBlockChannels / 2;
// Of half a block; every pair of channels twice, as an accumulator has it.
using Constants = TileConstants<kBlockChannels, 1>;

// Tiles that lie one behind the other.
struct TileRun {
  const uint8_t* panel;
  const int8_t* weights;
  const Constants* constants;
  uint8_t* out;
  int64_t out_step;
  int64_t steps;  // pairs of quads
  TileEnd end;
};

// clang-format off
// Eight deep. Pairs of pixels lie in the first four registers, pairs of channels in the others.
#define LOCKSTEP_PAIR(a, b, c, d, x, w0, w1, w2, w3)        \
  "usmmla v" #a ".4s, v" #x ".16b, v" #w0 ".16b\n"          \
  "usmmla v" #b ".4s, v" #x ".16b, v" #w1 ".16b\n"          \
  "usmmla v" #c ".4s, v" #x ".16b, v" #w2 ".16b\n"          \
  "usmmla v" #d ".4s, v" #x ".16b, v" #w3 ".16b\n"
#define LOCKSTEP_STEP_1(x0, x1, x2, x3, w0, w1, w2, w3) LOCKSTEP_PAIR(0, 1, 2, 3, x0, w0, w1, w2, w3)
#define LOCKSTEP_STEP_2(x0, x1, x2, x3, w0, w1, w2, w3)     \
  LOCKSTEP_STEP_1(x0, x1, x2, x3, w0, w1, w2, w3)           \
  LOCKSTEP_PAIR(4, 5, 6, 7, x1, w0, w1, w2, w3)
#define LOCKSTEP_STEP_3(x0, x1, x2, x3, w0, w1, w2, w3)     \
  LOCKSTEP_STEP_2(x0, x1, x2, x3, w0, w1, w2, w3)           \
  LOCKSTEP_PAIR(8, 9, 10, 11, x2, w0, w1, w2, w3)
#define LOCKSTEP_STEP_4(x0, x1, x2, x3, w0, w1, w2, w3)     \
  LOCKSTEP_STEP_3(x0, x1, x2, x3, w0, w1, w2, w3)           \
  LOCKSTEP_PAIR(12, 13, 14, 15, x3, w0, w1, w2, w3)
#define LOCKSTEP_LOAD_A                                                  \
  "ld1 {v16.16b, v17.16b, v18.16b, v19.16b}, [%[panel]], #64\n"          \
  "ld1 {v20.16b, v21.16b, v22.16b, v23.16b}, [%[weights]], #64\n"
#define LOCKSTEP_LOAD_B                                                  \
  "ld1 {v24.16b, v25.16b, v26.16b, v27.16b}, [%[panel]], #64\n"          \
  "ld1 {v28.16b, v29.16b, v30.16b, v31.16b}, [%[weights]], #64\n"
#define LOCKSTEP_STEP_A(pairs) LOCKSTEP_STEP_##pairs(16, 17, 18, 19, 20, 21, 22, 23)
#define LOCKSTEP_STEP_B(pairs) LOCKSTEP_STEP_##pairs(24, 25, 26, 27, 28, 29, 30, 31)

// Of a pair of pixels: two bytes of a pixel, two of the other one.
#define LOCKSTEP_PAIR_BYTES(a, b, c, d) LOCKSTEP_BYTES_OF(a, b, c, d, 24, 25, 26)
#define LOCKSTEP_PAIR_PLAIN(a, b, c, d) LOCKSTEP_PLAIN_BYTES_OF(a, b, c, d)
#define LOCKSTEP_PAIR_NARROW(a, b, c, d) LOCKSTEP_NARROW_BYTES_OF(a, b, c, d)
#define LOCKSTEP_STORE(x, lane) "st1 {v" #x ".d}[" #lane "], [%[out]], %[out_step]\n"
// Of one pair, and of two.
#define LOCKSTEP_STORE_PAIR(a)                              \
  "uzp1 v16.8h, v" #a ".8h, v" #a ".8h\n"                   \
  "uzp2 v17.8h, v" #a ".8h, v" #a ".8h\n"                   \
  LOCKSTEP_STORE(16, 0)                                     \
  LOCKSTEP_STORE(17, 0)
#define LOCKSTEP_STORE_PAIRS(a, b)                          \
  "uzp1 v16.8h, v" #a ".8h, v" #b ".8h\n"                   \
  "uzp2 v17.8h, v" #a ".8h, v" #b ".8h\n"                   \
  LOCKSTEP_STORE(16, 0)                                     \
  LOCKSTEP_STORE(17, 0)                                     \
  LOCKSTEP_STORE(16, 1)                                     \
  LOCKSTEP_STORE(17, 1)
#define LOCKSTEP_PAIR_SUMS(a, b, c, d)                      \
  "zip1 v16.2d, v" #a ".2d, v" #b ".2d\n"                   \
  "zip1 v17.2d, v" #c ".2d, v" #d ".2d\n"                   \
  "zip2 v18.2d, v" #a ".2d, v" #b ".2d\n"                   \
  "zip2 v19.2d, v" #c ".2d, v" #d ".2d\n"                   \
  "st1 {v16.16b, v17.16b}, [%[out]], %[out_step]\n"         \
  "st1 {v18.16b, v19.16b}, [%[out]], %[out_step]\n"

#define LOCKSTEP_EACH_1(what) what(0, 1, 2, 3)
#define LOCKSTEP_EACH_2(what) LOCKSTEP_EACH_1(what) what(4, 5, 6, 7)
#define LOCKSTEP_EACH_3(what) LOCKSTEP_EACH_2(what) what(8, 9, 10, 11)
#define LOCKSTEP_EACH_4(what) LOCKSTEP_EACH_3(what) what(12, 13, 14, 15)
#define LOCKSTEP_STORE_1 LOCKSTEP_STORE_PAIR(0)
#define LOCKSTEP_STORE_2 LOCKSTEP_STORE_PAIRS(0, 4)
#define LOCKSTEP_STORE_3 LOCKSTEP_STORE_2 LOCKSTEP_STORE_PAIR(8)
#define LOCKSTEP_STORE_4 LOCKSTEP_STORE_2 LOCKSTEP_STORE_PAIRS(8, 12)

#define LOCKSTEP_FOUR_STEPS(pairs)                                                                                    \
        LOCKSTEP_LOAD_A                                                                                               \
        LOCKSTEP_LOAD_B                                                                                               \
        LOCKSTEP_STEP_A(pairs)                                                                                        \
        LOCKSTEP_LOAD_A                                                                                               \
        LOCKSTEP_STEP_B(pairs)                                                                                        \
        LOCKSTEP_LOAD_B                                                                                               \
        LOCKSTEP_STEP_A(pairs)                                                                                        \
        LOCKSTEP_STEP_B(pairs)
#define LOCKSTEP_LOOP(pairs, steps, fours)                                                                            \
        "subs %[left], %[steps], #" #steps "\n"                                                                       \
        "b.lt 3f\n"                                                                                                   \
        "2:\n"                                                                                                        \
        fours                                                                                                         \
        "subs %[left], %[left], #" #steps "\n"                                                                        \
        "b.ge 2b\n"                                                                                                   \
        "3:\n"                                                                                                        \
        "cbz %[rest], 5f\n"
#define LOCKSTEP_LOOP_1(pairs) LOCKSTEP_LOOP(pairs, 4, LOCKSTEP_FOUR_STEPS(pairs))
#define LOCKSTEP_LOOP_2(pairs) LOCKSTEP_LOOP_1(pairs)
#define LOCKSTEP_LOOP_3(pairs) LOCKSTEP_LOOP_1(pairs)
#define LOCKSTEP_LOOP_4(pairs)                                                                                        \
        LOCKSTEP_LOOP(pairs, 8, LOCKSTEP_FOUR_STEPS(pairs) LOCKSTEP_FOUR_STEPS(pairs))                                \
        "tbz %[left], #2, 11f\n"                                                                                      \
        LOCKSTEP_FOUR_STEPS(pairs)                                                                                    \
        "11:\n"

#define LOCKSTEP_TILES(pairs)                                                                                         \
  [[gnu::noinline]] void RunTiles##pairs(TileRun* run, int64_t tiles) {                                               \
    const int8_t* weights;                                                                                            \
    int64_t left;                                                                                                     \
    const auto end = static_cast<int64_t>(run->end);                                                                  \
    __asm__ volatile(                                                                                                 \
        "1:\n"                                                                                                        \
        "mov %[weights], %[all_weights]\n"                                                                            \
        LOCKSTEP_START_##pairs                                                                                        \
        LOCKSTEP_LOOP_##pairs(pairs)                                                                                  \
        "tbz %[left], #1, 4f\n"                                                                                       \
        LOCKSTEP_LOAD_A                                                                                               \
        LOCKSTEP_LOAD_B                                                                                               \
        LOCKSTEP_STEP_A(pairs)                                                                                        \
        LOCKSTEP_STEP_B(pairs)                                                                                        \
        "4:\n"                                                                                                        \
        "tbz %[left], #0, 5f\n"                                                                                       \
        LOCKSTEP_LOAD_A                                                                                               \
        LOCKSTEP_STEP_A(pairs)                                                                                        \
        "5:\n"                                                                                                        \
        "tbz %[end], #2, 6f\n"                                                                                        \
        "ld1 {v16.4s, v17.4s, v18.4s, v19.4s}, [%[multipliers]]\n"                                                    \
        "ldp q20, q21, [%[at], #128]\n"                                                                               \
        LOCKSTEP_EACH_##pairs(LOCKSTEP_PAIR_NARROW)                                                                   \
        "b 7f\n"                                                                                                      \
        "6:\n"                                                                                                        \
        "tbnz %[end], #0, 8f\n"                                                                                       \
        "add %[left], %[at], #64\n"                                                                                   \
        "ld1 {v16.4s, v17.4s, v18.4s, v19.4s}, [%[left]], #64\n"                                                      \
        "ld1 {v20.4s, v21.4s, v22.4s, v23.4s}, [%[left]], #64\n"                                                      \
        "cbz %[end], 10f\n"                                                                                           \
        LOCKSTEP_EACH_##pairs(LOCKSTEP_PAIR_PLAIN)                                                                    \
        "b 7f\n"                                                                                                      \
        "10:\n"                                                                                                       \
        "ld1 {v24.16b, v25.16b, v26.16b}, [%[left]]\n"                                                                \
        LOCKSTEP_EACH_##pairs(LOCKSTEP_PAIR_BYTES)                                                                    \
        "7:\n"                                                                                                        \
        LOCKSTEP_STORE_##pairs                                                                                        \
        "subs %[tiles], %[tiles], #1\n"                                                                               \
        "b.ne 1b\n"                                                                                                   \
        "b 9f\n"                                                                                                      \
        "8:\n"                                                                                                        \
        LOCKSTEP_EACH_##pairs(LOCKSTEP_PAIR_SUMS)                                                                     \
        "subs %[tiles], %[tiles], #1\n"                                                                               \
        "b.ne 1b\n"                                                                                                   \
        "9:\n"                                                                                                        \
        : [panel] "+r"(run->panel), [out] "+r"(run->out), [tiles] "+r"(tiles), [weights] "=&r"(weights),              \
          [left] "=&r"(left)                                                                                          \
        : [all_weights] "r"(run->weights), [at] "r"(run->constants),                                                  \
          [multipliers] "r"(run->constants->multiplier), [out_step] "r"(run->out_step),                               \
          [steps] "r"(run->steps), [rest] "r"(run->steps & (pairs == 4 ? 7 : 3)), [end] "r"(end)                      \
        : LOCKSTEP_ALL_VECTORS);                                                                                      \
  }
// clang-format on

LOCKSTEP_TILES(1)
LOCKSTEP_TILES(2)
LOCKSTEP_TILES(3)
LOCKSTEP_TILES(4)

void RunPairs(TileRun* run, int32_t pairs) {
  if (pairs == 4) return RunTiles4(run, 1);
  if (pairs == 3) return RunTiles3(run, 1);
  return pairs == 2 ? RunTiles2(run, 1) : RunTiles1(run, 1);
}

[[gnu::always_inline]] inline void FillPairs(const int32_t* from, int32_t* to) {
  Unroll<2>([&](auto v) {
    const int32x4_t four = vld1q_s32(from + 4 * v);
    vst1q_s32(to + 8 * v, vcombine_s32(vget_low_s32(four), vget_low_s32(four)));
    vst1q_s32(to + 8 * v + 4, vcombine_s32(vget_high_s32(four), vget_high_s32(four)));
  });
}

void FillHalf(const ConvRow& row, const ConvBlock& block, int half, Constants* to) {
  int32_t left_shift[kHalf];
  for (int i = 0; i < kHalf; i += 4) vst1q_s32(left_shift + i, vnegq_s32(vld1q_s32(block.shift + half * kHalf + i)));
  FillPairs(block.acc_init + half * kHalf, to->start);
  FillPairs(block.multiplier + half * kHalf, to->multiplier);
  FillPairs(left_shift, to->left_shift);
  if (EndOf(row, true) == TileEnd::kNarrowBytes) NarrowShifts(to->left_shift);
  vst1q_s16(to->zero_point, vdupq_n_s16(static_cast<int16_t>(row.zero_point)));
  vst1q_u8(to->floor, vdupq_n_u8(static_cast<uint8_t>(row.low)));
  vst1q_u8(to->ceiling, vdupq_n_u8(static_cast<uint8_t>(row.high)));
}

// `bytes` of each pixel, which may be less than a tile writes.
void RunAndCopy(TileRun* run, int32_t pixels, int32_t bytes) {
  alignas(16) uint8_t tile[kPanelPixels * kHalf * sizeof(int32_t)];
  uint8_t* const out = run->out;
  const int64_t step = run->out_step;
  run->out = tile;
  run->out_step = run->end == TileEnd::kSums ? kHalf * sizeof(int32_t) : kHalf;
  RunPairs(run, (pixels + 1) / 2);
  for (int32_t p = 0; p < pixels; ++p) {
    for (int32_t i = 0; i < bytes; ++i) out[p * step + i] = tile[p * run->out_step + i];
  }
  run->out = out + pixels * step;
  run->out_step = step;
}

// What is written of each pixel are `bytes`.
void RunHalf(TileRun run, int32_t pixels, int32_t bytes) {
  if (bytes >= kHalf) {
    if (pixels >= kPanelPixels) RunTiles4(&run, pixels / kPanelPixels);
    pixels %= kPanelPixels;
    if (pixels % 2 == 0) {
      if (pixels != 0) RunPairs(&run, pixels / 2);
      return;
    }
  }
  for (; pixels > 0; pixels -= kPanelPixels) {
    RunAndCopy(&run, pixels < kPanelPixels ? pixels : kPanelPixels, bytes);
  }
}

// Neither sums nor bytes with shifts of at least 1.
void RunOtherBlock(const ConvRow& row, int32_t block, int32_t first, int32_t count, TileRun (&halves)[2]) {
  const BlockStore store(row, block);
  alignas(16) int32_t sums[kPanelPixels][kBlockChannels];
  for (int32_t pixel = 0; pixel < count; pixel += kPanelPixels) {
    const int32_t pixels = count - pixel < kPanelPixels ? count - pixel : kPanelPixels;
    for (int half = 0; half < 2; ++half) {
      halves[half].out = reinterpret_cast<uint8_t*>(sums[0] + half * kHalf);
      halves[half].out_step = sizeof sums[0];
      RunPairs(&halves[half], (pixels + 1) / 2);
    }
    for (int32_t p = 0; p < pixels; ++p) store.Pixel(first + pixel + p, LoadSums(sums[p]));
  }
}

void RunBlock(const ConvRow& row, int32_t block, int32_t first, int32_t count, const Packed& packed) {
  Constants constants[2];
  TileRun halves[2];
  const TileEnd end = EndOf(row, true);
  const bool bytes = end != TileEnd::kSums;
  for (int half = 0; half < 2; ++half) {
    FillHalf(row, row.constants[block], half, &constants[half]);
    halves[half] = {packed.panels,
                    packed.weights + half * packed.steps * kPairBytes,
                    &constants[half],
                    nullptr,
                    0,
                    packed.steps,
                    end};
  }
  if (!bytes && row.sums == nullptr) return RunOtherBlock(row, block, first, count, halves);
  for (int half = 0; half < 2; ++half) {
    const int32_t channel = block * kBlockChannels + half * kHalf;
    TileRun& run = halves[half];
    if (bytes) {
      const int32_t channels = row.channels - channel;
      run.out = row.out + first * row.out_step + channel;
      run.out_step = row.out_step;
      if (channels > 0) RunHalf(run, count, channels < kHalf ? channels : kHalf);
    } else {
      run.out_step = row.blocks * kBlockChannels * int64_t{sizeof(int32_t)};
      run.out = static_cast<uint8_t*>(row.sums) + first * run.out_step + channel * int64_t{sizeof(int32_t)};
      RunHalf(run, count, kHalf * int32_t{sizeof(int32_t)});
    }
  }
}

void RunRow(const ConvRow& row) {
  const ptrdiff_t block_weights = ptrdiff_t{row.segment_count} * row.quads * kQuadBytes;
  const int32_t pixels = row.pixels * row.rows;
  PixelWalk walk(row);
  for (int32_t first = 0; first < pixels; first += row.packed_pixels) {
    const int32_t count = pixels - first < row.packed_pixels ? pixels - first : row.packed_pixels;
    const Packed packed(row);
    PackPixels(row, count, pixels - first, &walk, packed.panels);
    for (int32_t block = 0; block < row.blocks; ++block) {
      InterleaveBlock(row, row.weights + block * block_weights, packed);
      RunBlock(row, block, first, count, packed);
    }
  }
}

}  // namespace

const ConvVariant row_u8s8_neoni8mm{false, RunRow, ApplyTableNeon, FinishSumsNeon, false, true};

}  // namespace lockstep::kernels
