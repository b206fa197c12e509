// Two input channels at a time meet eight output channels. A tile of sums is four tiles of the image by 16 output
// channels. A part of the files that include it; `Products` says how a vector of pairs is multiplied. Only for files
// that are compiled for AVX2.
#pragma once

#include "gemm/multiply_avx2.h"
#include "gemm/unroll.h"
#include "gemm/winograd_tiles.h"

namespace lockstep::kernels {
namespace {

constexpr int kPairs = kChannelsAtATime / 2;
constexpr int kHalf = kBlockChannels / 2;

template <typename Products, int kTiles>
void MultiplyTiles(const WinogradProduct& product, const int16_t* from, int32_t* const* tiles) {
  SixteenSums acc[kTiles];
  Unroll<kTiles>([&](auto t) {
    const int32_t* start = product.start != nullptr ? product.start : tiles[t] + product.place;
    acc[t] = {Load256(start), Load256(start + kHalf)};
  });
  const int16_t* weights = product.w;
  for (int32_t left = product.eights; left > 0; --left, from += kTileGroup * kChannelsAtATime) {
    Unroll<kPairs>([&](auto pair) {
      const __m256i first = Load256(weights);
      const __m256i second = Load256(weights + kBlockChannels);
      Unroll<kTiles>(
          [&](auto t) { acc[t] = Products::Add(acc[t], from + t * kChannelsAtATime + 2 * pair, first, second); });
      weights += 2 * kBlockChannels;
    });
  }
  Unroll<kTiles>([&](auto t) {
    int32_t* to = tiles[t] + product.place;
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), acc[t].first);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + kHalf), acc[t].second);
  });
}

template <typename Products>
void MultiplyGroups(const WinogradProduct& product) {
  ForEachTileGroup(product, [&](auto count, const int16_t* x, int32_t* const* tiles) {
    MultiplyTiles<Products, count>(product, x, tiles);
  });
}

}  // namespace
}  // namespace lockstep::kernels
