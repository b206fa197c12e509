// The loop over blocks and tiles of pixels of the NEON variants. Theirs is what is written in assembler: a tile of a
// few pixels by a block's channels or a part of them, from the first product to the bytes.
#pragma once

#include "gemm/neon_store.h"

#if defined(__aarch64__)
// clang-format off
#define LOCKSTEP_ALL_VECTORS                                                                                        \
  "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14",    \
      "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", \
      "v31"
// clang-format on
#endif

namespace lockstep::kernels {

// What a part of a block needs, in the form in which it is used: kChannels of it, with kSums values that the
// accumulators of a channel start from.
template <int kChannels, int kSums>
struct alignas(16) TileConstants {
  int32_t start[kSums * kChannels];
  int32_t multiplier[kChannels];
  int32_t left_shift[kChannels];
  int16_t zero_point[8];
  uint8_t floor[16];
  uint8_t ceiling[16];
};

// The order of its members and of those above is what the assembler counts on.
template <int kPixels>
struct Tile {
  const uint8_t* const* segments;
  int32_t segment_count;
  int32_t quads;
  const void* constants;
  ptrdiff_t offset[kPixels];  // of the pixels within a segment's row
  void* out[kPixels];         // bytes of outputs or sums
  int32_t bytes;              // not 0: outputs, which takes shifts of at least 1
};

template <typename Machine>
[[gnu::always_inline]] inline void FillConstants(const ConvRow& row, const ConvBlock& block,
                                                 TileConstants<Machine::kChannels, Machine::kSums>* parts) {
  constexpr int kChannels = Machine::kChannels;
  for (int i = 0; i < kBlockChannels; ++i) {
    auto& part = parts[i / kChannels];
    const int lane = i % kChannels;
    Machine::FillStart(block.acc_init[i], lane, part.start);
    part.multiplier[lane] = block.multiplier[i];
    part.left_shift[lane] = -block.shift[i];
    part.zero_point[lane % 8] = static_cast<int16_t>(row.zero_point);
    part.floor[lane] = part.floor[lane + 16 - kChannels] = static_cast<uint8_t>(row.low);
    part.ceiling[lane] = part.ceiling[lane + 16 - kChannels] = static_cast<uint8_t>(row.high);
  }
}

// Sixteen bytes of outputs are written where they belong.
struct WholeBlock {
  using Element = uint8_t;
  uint8_t* out;
  int64_t step;

  [[gnu::always_inline]] uint8_t* To(int32_t pixel, int /*place*/) const { return out + pixel * step; }
  [[gnu::always_inline]] void Finish(int32_t /*pixel*/, int /*place*/) {}
};

// Some of sixteen.
template <int kPixels>
struct PartOfBlock {
  using Element = uint8_t;
  uint8_t* out;
  int64_t step;
  int32_t channels;
  uint8_t bytes[kPixels][kBlockChannels];

  [[gnu::always_inline]] uint8_t* To(int32_t /*pixel*/, int place) { return bytes[place]; }
  [[gnu::always_inline]] void Finish(int32_t pixel, int place) {
    StoreSomeBytes(vld1q_u8(bytes[place]), channels, out + pixel * step);
  }
};

// Sums, for whatever the row wants.
template <int kPixels>
struct SumsOfBlock {
  using Element = int32_t;
  const BlockStore& store;
  alignas(16) int32_t sums[kPixels][kBlockChannels];

  [[gnu::always_inline]] int32_t* To(int32_t /*pixel*/, int place) { return sums[place]; }
  [[gnu::always_inline]] void Finish(int32_t pixel, int place) { store.Pixel(pixel, LoadSums(sums[place])); }
};

// Where output pixels, of a row and of the rows behind it, lie within their segments.
struct PixelWalk {
  ptrdiff_t step, row_step;
  int32_t columns;
  ptrdiff_t offset = 0;
  ptrdiff_t row_offset = 0;
  int32_t column = 0;

  explicit PixelWalk(const ConvRow& row)
      : step(static_cast<ptrdiff_t>(row.pixel_step)),
        row_step(static_cast<ptrdiff_t>(row.row_step)),
        columns(row.pixels) {}

  [[gnu::always_inline]] void Next() {
    offset += step;
    if (++column < columns) return;
    column = 0;
    row_offset += row_step;
    offset = row_offset;
  }
};

template <typename Machine, typename Target>
[[gnu::always_inline]] inline void RunTiles(const ConvRow& row, int32_t block, const int8_t* weights,
                                            Tile<Machine::kPixels>* tile, Target target) {
  constexpr int kParts = kBlockChannels / Machine::kChannels;
  TileConstants<Machine::kChannels, Machine::kSums> constants[kParts];
  FillConstants<Machine>(row, row.constants[block], constants);
  const int32_t pixels = row.pixels * row.rows;
  PixelWalk walk(row);
  for (int32_t pixel = 0; pixel < pixels; pixel += Machine::kPixels) {
    // Behind the last pixel comes that pixel once more.
    const int32_t last = pixels - 1 - pixel;
    typename Target::Element* to[Machine::kPixels];
    Unroll<Machine::kPixels>([&](auto p) {
      const int32_t at = pixel + (p <= last ? p : last);
      if constexpr (Machine::kRowsTogether) {
        tile->offset[p] = walk.offset;
        if (p < last) walk.Next();
      } else {
        tile->offset[p] = static_cast<ptrdiff_t>(at * row.pixel_step);
      }
      to[p] = target.To(at, p);
    });
    for (int part = 0; part < kParts; ++part) {
      tile->constants = constants + part;
      Unroll<Machine::kPixels>([&](auto p) { tile->out[p] = to[p] + Machine::kChannels * part; });
      Machine::Run(*tile, last + 1, weights + part * (kQuadBytes / kParts));
    }
    Unroll<Machine::kPixels>([&](auto p) {
      if (p <= last) target.Finish(pixel + p, p);
    });
  }
}

// A Machine has kRowsTogether, as its variant says; kPixels and kChannels of a tile, the latter a part of a block's;
// kSums and FillStart(acc_init, lane, start), which writes these of a channel; Prepare(row, weights), which gives a
// block's weights in the form that Run wants; and Run(tile, pixels left, weights).
template <typename Machine>
[[gnu::always_inline]] inline void RunTiledRow(const ConvRow& row) {
  constexpr int kPixels = Machine::kPixels;
  const bool bytes = row.sums == nullptr && !row.wide_output && row.min_shift >= 1;
  Tile<kPixels> tile{row.segments, row.segment_count, row.quads, nullptr, {}, {}, bytes ? 1 : 0};
  const ptrdiff_t block_weights = ptrdiff_t{row.segment_count} * row.quads * kQuadBytes;
  for (int32_t block = 0; block < row.blocks; ++block) {
    const int32_t channels = row.channels - block * kBlockChannels;
    uint8_t* out = row.out + block * kBlockChannels;
    const int8_t* weights = Machine::Prepare(row, row.weights + block * block_weights);
    if (!bytes) {
      const BlockStore store(row, block);
      RunTiles<Machine>(row, block, weights, &tile, SumsOfBlock<kPixels>{store, {}});
    } else if (channels >= kBlockChannels) {
      RunTiles<Machine>(row, block, weights, &tile, WholeBlock{out, row.out_step});
    } else {
      RunTiles<Machine>(row, block, weights, &tile, PartOfBlock<kPixels>{out, row.out_step, channels, {}});
    }
  }
}

}  // namespace lockstep::kernels
