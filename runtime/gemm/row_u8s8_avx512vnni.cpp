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

// Where the input bytes of a tile's pixels lie behind those of the row's pixel 0: evenly apart, or each somewhere.
struct EvenPixels {
  int64_t first, step;
};
template <int kPixels>
struct FreePixels {
  int64_t at[kPixels];
};

// Weights of the blocks after these, which a tile brings into the second-level cache while it multiplies.
struct Ahead {
  const int8_t* at;

  [[gnu::always_inline]] void Fetch() {
    _mm_prefetch(at, _MM_HINT_T1);
    at += kQuadBytes;
  }
};
struct NothingAhead {
  [[gnu::always_inline]] void Fetch() {}
};

// The bytes of a pixel's quad.
[[gnu::always_inline]] inline __m512i LoadQuad(const uint8_t* from) {
  int32_t bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  return _mm512_set1_epi32(bytes);
}

template <int kPixels, int kBlocks, typename Fetched>
[[gnu::always_inline]] inline void MultiplyQuads(const uint8_t* segment, const EvenPixels& pixels, int32_t quads,
                                                 const int8_t* w, int64_t block_step, Fetched& ahead,
                                                 Accumulators<kPixels, kBlocks>& acc) {
  // Three pixels to a pointer: its multiples 1, 2 of the step are in the address.
  constexpr int kPointers = (kPixels + 2) / 3;
  const uint8_t* x[kPointers];
  Unroll<kPointers>([&](auto i) { x[i] = segment + pixels.first + 3 * i * pixels.step; });
  for (int32_t quad = quads; quad != 0; --quad) {
    __m512i weights[kBlocks];
    Unroll<kBlocks>([&](auto b) { weights[b] = _mm512_loadu_si512(w + b * block_step); });
    Unroll<kPixels>([&](auto p) {
      const __m512i value = LoadQuad(x[p / 3] + p % 3 * pixels.step);
      Unroll<kBlocks>([&](auto b) { acc.value[p][b] = DotProduct(acc.value[p][b], value, weights[b]); });
    });
    w += kQuadBytes;
    ahead.Fetch();
    Unroll<kPointers>([&](auto i) { x[i] += 4; });
  }
}

template <int kPixels, int kBlocks, typename Fetched>
[[gnu::always_inline]] inline void MultiplyQuads(const uint8_t* segment, const FreePixels<kPixels>& pixels,
                                                 int32_t quads, const int8_t* w, int64_t block_step, Fetched& ahead,
                                                 Accumulators<kPixels, kBlocks>& acc) {
  const uint8_t* x[kPixels];
  Unroll<kPixels>([&](auto p) { x[p] = segment + pixels.at[p]; });
  for (int64_t at = 0; at != int64_t{quads} * 4; at += 4) {
    __m512i weights[kBlocks];
    Unroll<kBlocks>([&](auto b) { weights[b] = _mm512_loadu_si512(w + b * block_step); });
    Unroll<kPixels>([&](auto p) {
      const __m512i value = LoadQuad(x[p] + at);
      Unroll<kBlocks>([&](auto b) { acc.value[p][b] = DotProduct(acc.value[p][b], value, weights[b]); });
    });
    w += kQuadBytes;
    ahead.Fetch();
  }
}

template <int kPixels, int kBlocks, typename Pixels, typename Fetched>
void RunTile(const RowConstants512& constants, int32_t block, int64_t pixel, const Pixels& pixels, Fetched ahead) {
  const ConvRow& row = *constants.row;
  Accumulators<kPixels, kBlocks> acc;
  Unroll<kBlocks>([&](auto b) {
    const __m512i start = LoadS32(constants.blocks[b].acc_init);
    Unroll<kPixels>([&](auto p) { acc.value[p][b] = start; });
  });
  const int8_t* w = constants.weights;
  for (int32_t segment = 0; segment < row.segment_count; ++segment, w += constants.segment_step) {
    MultiplyQuads(row.segments[segment], pixels, row.quads, w, constants.block_step, ahead, acc);
  }
  // Through memory, so that what follows is there once and not for every size of tiles.
  constexpr int kVectors = (kPixels * kBlocks + kMostBlocks512 - 1) / kMostBlocks512 * kMostBlocks512;
  alignas(64) int32_t own[kVectors * kBlockChannels];
  Unroll<kPixels>([&](auto p) {
    Unroll<kBlocks>([&](auto b) { _mm512_store_si512(own + (p * kBlocks + b) * kBlockChannels, acc.value[p][b]); });
  });
  FinishTile512(constants, own, {block, kBlocks, pixel, kPixels});
}

template <int kPixels, int kBlocks, typename Pixels>
[[gnu::always_inline]] inline void Tile(const RowConstants512& constants, int32_t block, int64_t pixel,
                                        const Pixels& pixels) {
  if (kPixels == 6 && constants.ahead < constants.ahead_end) {
    RunTile<kPixels, kBlocks>(constants, block, pixel, pixels, Ahead{constants.ahead});
    constants.ahead += constants.block_step;
  } else {
    RunTile<kPixels, kBlocks>(constants, block, pixel, pixels, NothingAhead{});
  }
}

// The next smaller tile for what a row leaves over: 12, 8, 4, 2, 1 or 6, 4, 2, 1.
constexpr int SmallerTile(int pixels) { return pixels > 4 ? (pixels - 1) / 4 * 4 : pixels / 2; }

// Output pixels of one of the rows.
struct PixelRange {
  int64_t first, last;
  int64_t offset;  // of the input bytes of the first
};

// In tiles of kPixels, the rest in smaller ones.
template <int kPixels, int kBlocks>
void Tiles(const RowConstants512& constants, int32_t block, PixelRange range) {
  const int64_t step = constants.row->pixel_step;
  for (; range.first + kPixels <= range.last; range.first += kPixels, range.offset += kPixels * step) {
    Tile<kPixels, kBlocks>(constants, block, range.first, EvenPixels{range.offset, step});
  }
  if constexpr (kPixels > 1) {
    if (range.first < range.last) Tiles<SmallerTile(kPixels), kBlocks>(constants, block, range);
  }
}

template <int kPixels, int kBlocks>
void TilesOfRows(const RowConstants512& constants, int32_t block) {
  const ConvRow& row = *constants.row;
  for (int64_t i = 0; i < row.rows; ++i) {
    Tiles<kPixels, kBlocks>(constants, block, {i * row.pixels, (i + 1) * row.pixels, i * row.row_step});
  }
}

// Tiles of four blocks that do not end with a row.
template <int kPixels>
void TilesAcrossRows(const RowConstants512& constants, int32_t block, int64_t pixel) {
  const ConvRow& row = *constants.row;
  const int64_t pixels = row.rows * int64_t{row.pixels};
  for (; pixel + kPixels <= pixels; pixel += kPixels) {
    FreePixels<kPixels> places;
    for (int64_t p = 0; p < kPixels; ++p) {
      places.at[p] = (pixel + p) / row.pixels * row.row_step + (pixel + p) % row.pixels * row.pixel_step;
    }
    Tile<kPixels, kMostBlocks512>(constants, block, pixel, places);
  }
  if constexpr (kPixels > 1) {
    if (pixel < pixels) TilesAcrossRows<SmallerTile(kPixels)>(constants, block, pixel);
  }
}

// Blocks in fours; a single last block would have too few accumulators to hide the latency, so five are three and two.
int32_t NextBlocks(int32_t left) {
  if (left == 5) return 3;
  return left < kMostBlocks512 ? left : kMostBlocks512;
}

void RunRow(const ConvRow& row) {
  RowConstants512 constants;
  constants.row = &row;
  constants.limits = {row.zero_point, row.low, row.high};
  constants.high_words = HighWordsDo(row.zero_point, row.min_shift, row.max_shift);
  constants.segment_step = row.quads * kQuadBytes;
  constants.block_step = row.segment_count * constants.segment_step;
  const bool fetches = row.blocks * constants.block_step >= kFetchedBytes;
  for (int32_t block = 0; block < row.blocks;) {
    const int32_t blocks = NextBlocks(row.blocks - block);
    constants.blocks = row.constants + block;
    constants.weights = row.weights + block * constants.block_step;
    const int32_t after = fetches ? row.blocks - block - blocks : 0;
    constants.ahead = constants.weights + blocks * constants.block_step;
    constants.ahead_end = constants.ahead + (after < kMostBlocks512 ? after : kMostBlocks512) * constants.block_step;
    for (int32_t b = 0; b < blocks; ++b) {
      const ConvBlock& channels = constants.blocks[b];
      constants.requantizers[b] = MakeRequantizer512(LoadS32(channels.multiplier), LoadS32(channels.shift),
                                                     row.zero_point, constants.high_words);
    }
    switch (blocks) {
      case 1:
        TilesOfRows<12, 1>(constants, block);
        break;
      case 2:
        TilesOfRows<12, 2>(constants, block);
        break;
      case 3:
        TilesOfRows<8, 3>(constants, block);
        break;
      default:
        if (row.rows > 1) {
          TilesAcrossRows<6>(constants, block, 0);
        } else {
          Tiles<6, 4>(constants, block, {0, row.pixels, 0});
        }
        break;
    }
    block += blocks;
  }
}

}  // namespace

const ConvVariant row_u8s8_avx512vnni{false, RunRow, ApplyTable512, FinishSums512, true, true};

}  // namespace lockstep::kernels
