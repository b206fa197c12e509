// What becomes of a tile's accumulators. Only for files that are compiled for AVX-512.
#pragma once

#include "arithmetic/requantize_avx512.h"
#include "gemm/conv_driver.h"

namespace lockstep::kernels {

inline constexpr int kMostBlocks512 = 4;  // of 16 channels, in a tile

struct RowConstants512 {
  const ConvRow* row;
  OutputLimits limits;
  bool high_words;
  // Of the blocks that are computed together.
  const ConvBlock* blocks;
  const int8_t* weights;
  int64_t block_step, segment_step;  // bytes of weights
  mutable const int8_t* ahead;       // weights of the blocks after these that are not fetched yet
  const int8_t* ahead_end;
  Requantizer512 requantizers[kMostBlocks512];
};

struct TilePlace {
  int32_t block, blocks;
  int64_t pixel;
  int pixels;
};

// `sums`: [pixel][block][16], and readable up to a multiple of 64. Writes the outputs, or the row's sums.
void FinishTile512(const RowConstants512& constants, const int32_t* sums, const TilePlace& place);

void ApplyTable512(const uint8_t* table, const Stretches<uint8_t>& y);
void FinishSums512(const SumsRow& row);

}  // namespace lockstep::kernels
