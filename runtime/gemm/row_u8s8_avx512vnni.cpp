// vpdpbusd takes u8 activations and s8 weights as they are: a quad of one pixel, broadcast, against 16 channels. A tile
// holds its accumulators in registers; with four blocks of channels by six pixels ten loads feed 24 multiplications.
//
// Only this file is compiled for AVX-512. It must not use inline functions with external linkage: the linker might keep
// its copy of one for a CPU without these instructions.
#include <immintrin.h>

#include <cstring>

#include "gemm/dot_product_avx512.h"
#include "gemm/finish_tile_avx512.h"
#include "gemm/unroll.h"

namespace lockstep::kernels {
namespace {

constexpr int64_t kFetchedBytes = 1 << 17;  // of a layer's weights, which are fetched ahead from so many on

__m512i LoadS32(const int32_t* from) { return _mm512_loadu_si512(from); }

template <int kPixels, int kBlocks>
struct Accumulators {
  __m512i value[kPixels][kBlocks];
};

// The size of most of a row's tiles.
template <int kBlocks>
inline constexpr int kMostPixels = kBlocks < 3 ? 12 : 24 / kBlocks;

// The next smaller tile for what a row leaves over: 12, 8, 4, 2 or 6, 4, 2. The last may have a single pixel twice.
constexpr int SmallerTile(int pixels) { return pixels > 4 ? (pixels - 1) / 4 * 4 : pixels / 2; }
constexpr int FewestPixels(int pixels) { return pixels > 2 ? pixels : 1; }

// The bytes of a pixel's quad.
[[gnu::always_inline]] inline __m512i LoadQuad(const uint8_t* from) {
  int32_t bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  return _mm512_set1_epi32(bytes);
}

// The quads of a tile's pixels in a segment, one after the other. `pixels`: where they lie behind the row's pixel 0.
// Evenly apart: three pixels to a pointer, its multiples 1, 2 of the step are in the address.
struct EvenPixels {
  int64_t first, step;
};
template <int kPixels>
struct EvenQuads {
  static constexpr int kPointers = (kPixels + 2) / 3;
  const uint8_t* x[kPointers];
  int64_t step;

  [[gnu::always_inline]] EvenQuads(const uint8_t* segment, const EvenPixels& pixels) : step(pixels.step) {
    Unroll<kPointers>([&](auto i) { x[i] = segment + pixels.first + 3 * i * step; });
  }
  [[gnu::always_inline]] __m512i Load(int p) const { return LoadQuad(x[p / 3] + p % 3 * step); }
  [[gnu::always_inline]] void Advance() {
    Unroll<kPointers>([&](auto i) { x[i] += 4; });
  }
};

// Each somewhere.
template <int kPixels>
struct FreePixels {
  int64_t at[kPixels];
};
template <int kPixels>
struct FreeQuads {
  const uint8_t* x[kPixels];
  int64_t at = 0;

  [[gnu::always_inline]] FreeQuads(const uint8_t* segment, const FreePixels<kPixels>& pixels) {
    Unroll<kPixels>([&](auto p) { x[p] = segment + pixels.at[p]; });
  }
  [[gnu::always_inline]] __m512i Load(int p) const { return LoadQuad(x[p] + at); }
  [[gnu::always_inline]] void Advance() { at += 4; }
};

// A store of a vector takes a cycle in which nothing is multiplied.
template <int kPixels, int kBlocks>
[[gnu::always_inline]] inline void FinishInRegisters(const RowConstants512& constants,
                                                     Accumulators<kPixels, kBlocks>& acc, uint8_t* to) {
  constexpr int kPackPixels = kPackPixels512<kBlocks>;
  constexpr int kPacks = kPixels / kPackPixels;
  const StorePlace512 place = {constants.valid, constants.row->out_step};
  Unroll<kBlocks>([&](auto b) {
    const Requantizer512& requantizer = constants.requantizers[b];
    Unroll<kPixels>([&](auto p) { acc.value[p][b] = RequantizeHighWords512(requantizer, acc.value[p][b]); });
  });
  __m512i bytes[kPacks];
  Unroll<kPacks>([&](auto i) {
    const auto value = [&](int v) { return acc.value[i * kPackPixels + v / kBlocks][v % kBlocks]; };
    bytes[i] = Pack512(value(0), value(1), value(2), value(kBlocks == 3 ? 2 : 3));
  });
  FinishBytes512<kPacks>(constants, bytes);
  Unroll<kPacks>(
      [&](auto i) { StorePixels512<kBlocks>(place, bytes[i], kPackPixels, to + i * kPackPixels * place.step); });
}

// `count`: of the pixels, those that there are.
template <typename Quads, int kPixels, int kBlocks, typename Pixels>
[[gnu::always_inline]] inline void RunTile(const RowConstants512& constants, int64_t pixel, int count,
                                           const Pixels& pixels) {
  const ConvRow& row = *constants.row;
  const int64_t block_step = constants.block_step;
  constexpr bool kFetches = kPixels == kMostPixels<kBlocks> && kBlocks == kMostBlocks512;
  const int64_t ahead = constants.ahead;
  Accumulators<kPixels, kBlocks> acc;
  Unroll<kBlocks>([&](auto b) {
    const __m512i start = LoadS32(constants.blocks[b].acc_init);
    Unroll<kPixels>([&](auto p) { acc.value[p][b] = start; });
  });
  const int8_t* w = constants.weights;
  for (int32_t segment = 0; segment < row.segment_count; ++segment) {
    Quads quads(row.segments[segment], pixels);
    for (const int8_t* const end = w + constants.segment_step; w != end; w += kQuadBytes) {
      __m512i weights[kBlocks];
      Unroll<kBlocks>([&](auto b) { weights[b] = _mm512_loadu_si512(w + b * block_step); });
      Unroll<kPixels>([&](auto p) {
        const __m512i value = quads.Load(p);
        Unroll<kBlocks>([&](auto b) { acc.value[p][b] = DotProduct(acc.value[p][b], value, weights[b]); });
      });
      if (kFetches && ahead != 0) _mm_prefetch(w + ahead, _MM_HINT_T1);
      quads.Advance();
    }
  }
  if constexpr (kPixels == kMostPixels<kBlocks>) {
    if (constants.bytes) {
      FinishInRegisters(constants, acc, constants.out + pixel * row.out_step);
      return;
    }
  }
  // Through memory, so that what follows is there once and not for every size of tiles.
  constexpr int kVectors = (kPixels * kBlocks + kMostBlocks512 - 1) / kMostBlocks512 * kMostBlocks512;
  alignas(64) int32_t own[kVectors * kBlockChannels];
  Unroll<kPixels>([&](auto p) {
    Unroll<kBlocks>([&](auto b) { _mm512_store_si512(own + (p * kBlocks + b) * kBlockChannels, acc.value[p][b]); });
  });
  FinishTile512(constants, own, {kBlocks, pixel, count});
}

// A pixel of the rows, and where its input bytes lie.
struct RowWalk {
  int64_t pixel = 0, offset = 0;
  int32_t x = 0;

  // The places of a tile's pixels, of which there are `count`.
  template <int kPixels>
  [[gnu::always_inline]] FreePixels<kPixels> Next(const ConvRow& row, int count) {
    FreePixels<kPixels> places;
    pixel += count;
    if (x + kPixels < row.pixels) {
      Unroll<kPixels>([&](auto p) { places.at[p] = offset + p * row.pixel_step; });
      x += kPixels;
      offset += kPixels * row.pixel_step;
      return places;
    }
    for (int p = 0; p < kPixels; ++p) {
      places.at[p] = offset;
      if (p + 1 >= count && p + 1 < kPixels) continue;
      offset += row.pixel_step;
      if (++x == row.pixels) {
        x = 0;
        offset += row.row_step - row.pixels * row.pixel_step;
      }
    }
    return places;
  }
};

template <int kPixels>
void TilesAcrossRows(const RowConstants512& constants, RowWalk walk);

// Output pixels of one of the rows.
struct PixelRange {
  int64_t first, last;
  int64_t offset;  // of the input bytes of the first
};

// In tiles of kPixels, the rest in smaller ones.
template <int kPixels, int kBlocks>
[[gnu::noinline]] void Tiles(const RowConstants512& constants, PixelRange range) {
  const int64_t step = constants.row->pixel_step;
  const int fewest = FewestPixels(kPixels);
  while (range.first + fewest <= range.last) {
    const bool whole = range.first + kPixels <= range.last;
    const EvenPixels pixels = {range.offset, whole ? step : 0};
    RunTile<EvenQuads<kPixels>, kPixels, kBlocks>(constants, range.first, whole ? kPixels : fewest, pixels);
    if (kBlocks == kMostBlocks512 && kPixels == kMostPixels<kBlocks>) constants.FetchNext();
    range.first += kPixels;
    range.offset += kPixels * step;
  }
  if constexpr (kPixels > 2) {
    if (range.first >= range.last) return;
    if constexpr (kBlocks == kMostBlocks512) {  // of the only row
      TilesAcrossRows<SmallerTile(kPixels)>(constants, {range.first, range.offset, static_cast<int32_t>(range.first)});
    } else {
      Tiles<SmallerTile(kPixels), kBlocks>(constants, range);
    }
  }
}

template <int kPixels, int kBlocks>
void TilesOfRows(const RowConstants512& constants) {
  const ConvRow& row = *constants.row;
  for (int64_t i = 0; i < row.rows; ++i) {
    Tiles<kPixels, kBlocks>(constants, {i * row.pixels, (i + 1) * row.pixels, i * row.row_step});
  }
}

// Tiles of four blocks that do not end with a row. With each of the first come weights of one of the next blocks.
template <int kPixels>
[[gnu::noinline]] void TilesAcrossRows(const RowConstants512& constants, RowWalk walk) {
  const ConvRow& row = *constants.row;
  const int64_t pixels = row.rows * int64_t{row.pixels};
  const int fewest = FewestPixels(kPixels);
  while (walk.pixel + fewest <= pixels) {
    const int64_t first = walk.pixel;
    const int count = first + kPixels <= pixels ? kPixels : fewest;
    RunTile<FreeQuads<kPixels>, kPixels, kMostBlocks512>(constants, first, count, walk.Next<kPixels>(row, count));
    if (kPixels == kMostPixels<kMostBlocks512>) constants.FetchNext();
  }
  if constexpr (kPixels > 2) {
    if (walk.pixel < pixels) TilesAcrossRows<SmallerTile(kPixels)>(constants, walk);
  }
}

// Blocks in fours; a single last block would have too few accumulators to hide the latency, so five are three and two.
int32_t NextBlocks(int32_t left) {
  if (left == 5) return 3;
  return left < kMostBlocks512 ? left : kMostBlocks512;
}

void RunBlocks(const RowConstants512& constants, int32_t blocks) {
  switch (blocks) {
    case 1:
      return TilesOfRows<kMostPixels<1>, 1>(constants);
    case 2:
      return TilesOfRows<kMostPixels<2>, 2>(constants);
    case 3:
      return TilesOfRows<kMostPixels<3>, 3>(constants);
    default:
      // Pixels of one row are evenly apart, which saves a twentieth of a tile of few quads.
      if (constants.row->rows == 1) return TilesOfRows<kMostPixels<4>, 4>(constants);
      return TilesAcrossRows<kMostPixels<4>>(constants, {});
  }
}

void RunRow(const ConvRow& row) {
  RowConstants512 constants;
  constants.row = &row;
  constants.limits = {row.zero_point, row.low, row.high};
  constants.high_words = HighWordsDo(row.zero_point, row.min_shift, row.max_shift);
  constants.bytes = constants.high_words && !row.wide_output && row.sums == nullptr;
  constants.clamps = row.low > 0 || row.high < 255;
  constants.segment_step = row.quads * kQuadBytes;
  constants.block_step = row.segment_count * constants.segment_step;
  const bool fetches = row.blocks * constants.block_step >= kFetchedBytes;
  for (int32_t block = 0; block < row.blocks;) {
    const int32_t blocks = NextBlocks(row.blocks - block);
    const int32_t after = fetches ? row.blocks - block - blocks : 0;
    constants.ahead_blocks = after < kMostBlocks512 ? after : kMostBlocks512;
    constants.ahead = after > 0 ? blocks * constants.block_step : 0;
    constants.block = block;
    constants.channels = row.channels - block * kBlockChannels;
    constants.blocks = row.constants + block;
    constants.weights = row.weights + block * constants.block_step;
    constants.out = row.out + int64_t{block} * kBlockChannels * (row.wide_output ? 2 : 1);
    if (constants.channels > blocks * kBlockChannels) constants.channels = blocks * kBlockChannels;
    constants.valid = ~__mmask64{0} >> (kMostBlocks512 * kBlockChannels - constants.channels);
    for (int32_t b = 0; b < blocks; ++b) {
      const ConvBlock& channels = constants.blocks[b];
      constants.requantizers[b] = MakeRequantizer512(LoadS32(channels.multiplier), LoadS32(channels.shift),
                                                     row.zero_point, constants.high_words);
    }
    RunBlocks(constants, blocks);
    block += blocks;
  }
}

}  // namespace

const ConvVariant row_u8s8_avx512vnni{false, RunRow, ApplyTable512, FinishSums512, true, true};

}  // namespace lockstep::kernels
