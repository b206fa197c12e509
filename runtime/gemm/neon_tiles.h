// The loop over blocks and pairs of pixels of the baseline NEON variants, ARMv7's and aarch64's. Theirs is what is
// written in assembler: a tile of two pixels by a part of a block's channels, from the first product to the bytes.
#pragma once

#include "gemm/neon_store.h"

namespace lockstep::kernels {

constexpr int kTilePixels = 2;

// What a part of a block needs, in the form in which it is used.
template <int kChannels>
struct alignas(16) TileConstants {
  int32_t start[2 * kChannels];  // acc_init in the first of a channel's two lanes
  int32_t multiplier[kChannels];
  int32_t left_shift[kChannels];
  int16_t zero_point[8];
  uint8_t floor[16];
  uint8_t ceiling[16];
};

// The order of its members and of those above is what the assembler counts on.
struct Tile {
  const uint8_t* const* segments;
  int32_t segment_count;
  int32_t quads;
  ptrdiff_t offset[kTilePixels];  // of the two pixels within a segment's row
  const void* constants;
  void* out[kTilePixels];  // bytes of outputs or sums
  int32_t bytes;           // not 0: outputs, which takes shifts of at least 1
};

template <int kChannels>
[[gnu::always_inline]] inline void FillConstants(const ConvRow& row, const ConvBlock& block,
                                                 TileConstants<kChannels>* parts) {
  for (int i = 0; i < kBlockChannels; ++i) {
    TileConstants<kChannels>& part = parts[i / kChannels];
    const int lane = i % kChannels;
    part.start[2 * lane] = block.acc_init[i];
    part.start[2 * lane + 1] = 0;
    part.multiplier[lane] = block.multiplier[i];
    part.left_shift[lane] = -block.shift[i];
    part.zero_point[lane % 8] = static_cast<int16_t>(row.zero_point);
    part.floor[lane] = part.floor[lane + 16 - kChannels] = static_cast<uint8_t>(row.low);
    part.ceiling[lane] = part.ceiling[lane + 16 - kChannels] = static_cast<uint8_t>(row.high);
  }
}

// Sixteen bytes of outputs are written where they belong.
struct WholeBlock {
  uint8_t* out;
  int64_t step;

  [[gnu::always_inline]] uint8_t* To(int32_t pixel, int /*place*/) const { return out + pixel * step; }
  [[gnu::always_inline]] void Finish(int32_t /*first*/, int32_t /*second*/) {}
};

// Some of sixteen.
struct PartOfBlock {
  uint8_t* out;
  int64_t step;
  int32_t channels;
  uint8_t bytes[kTilePixels][kBlockChannels];

  [[gnu::always_inline]] uint8_t* To(int32_t /*pixel*/, int place) { return bytes[place]; }
  [[gnu::always_inline]] void Finish(int32_t first, int32_t second) {
    StoreSomeBytes(vld1q_u8(bytes[0]), channels, out + first * step);
    if (second != first) StoreSomeBytes(vld1q_u8(bytes[1]), channels, out + second * step);
  }
};

// Sums, for whatever the row wants.
struct SumsOfBlock {
  const BlockStore& store;
  alignas(16) int32_t sums[kTilePixels][kBlockChannels];

  [[gnu::always_inline]] int32_t* To(int32_t /*pixel*/, int place) { return sums[place]; }
  [[gnu::always_inline]] void Finish(int32_t first, int32_t second) {
    store.Pixel(first, LoadSums(sums[0]));
    if (second != first) store.Pixel(second, LoadSums(sums[1]));
  }
};

// Machine::kChannels of a tile, which divide a block's; Machine::Run(tile, weights).
template <typename Machine, typename Element, typename Target>
[[gnu::always_inline]] inline void RunTiles(const ConvRow& row, int32_t block, Tile* tile, Target target) {
  constexpr int kParts = kBlockChannels / Machine::kChannels;
  TileConstants<Machine::kChannels> constants[kParts];
  FillConstants(row, row.constants[block], constants);
  const int8_t* weights = row.weights + ptrdiff_t{block} * row.segment_count * row.quads * kQuadBytes;
  for (int32_t pixel = 0; pixel < row.pixels; pixel += kTilePixels) {
    // Behind the row's last pixel the second one is that pixel once more.
    const int32_t second = pixel + 1 < row.pixels ? pixel + 1 : pixel;
    tile->offset[0] = static_cast<ptrdiff_t>(pixel * row.pixel_step);
    tile->offset[1] = static_cast<ptrdiff_t>(second * row.pixel_step);
    Element* const to[kTilePixels] = {target.To(pixel, 0), target.To(second, 1)};
    for (int part = 0; part < kParts; ++part) {
      tile->constants = constants + part;
      for (int p = 0; p < kTilePixels; ++p) tile->out[p] = to[p] + Machine::kChannels * part;
      Machine::Run(*tile, weights + part * (kQuadBytes / kParts));
    }
    target.Finish(pixel, second);
  }
}

template <typename Machine>
[[gnu::always_inline]] inline void RunTiledRow(const ConvRow& row) {
  const bool bytes = row.sums == nullptr && !row.wide_output && row.min_shift >= 1;
  Tile tile{row.segments, row.segment_count, row.quads, {}, nullptr, {}, bytes ? 1 : 0};
  for (int32_t block = 0; block < row.blocks; ++block) {
    const int32_t channels = row.channels - block * kBlockChannels;
    uint8_t* out = row.out + block * kBlockChannels;
    if (!bytes) {
      const BlockStore store(row, block);
      RunTiles<Machine, int32_t>(row, block, &tile, SumsOfBlock{store, {}});
    } else if (channels >= kBlockChannels) {
      RunTiles<Machine, uint8_t>(row, block, &tile, WholeBlock{out, row.out_step});
    } else {
      RunTiles<Machine, uint8_t>(row, block, &tile, PartOfBlock{out, row.out_step, channels, {}});
    }
  }
}

}  // namespace lockstep::kernels
