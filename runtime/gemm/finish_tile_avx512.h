// What becomes of a tile's accumulators. Only for files that are compiled for AVX-512.
#pragma once

#include <immintrin.h>

#include "arithmetic/requantize_avx512.h"
#include "gemm/conv_driver.h"
#include "gemm/unroll.h"
#include "ops/common/byte_table_avx512.h"

namespace lockstep::kernels {

inline constexpr int kMostBlocks512 = 4;  // of 16 channels, in a tile

struct RowConstants512 {
  const ConvRow* row;
  OutputLimits limits;
  bool high_words;
  bool bytes;   // outputs of bytes whose high words do, and no sums
  bool clamps;  // to less than a byte holds
  // Of the blocks that are computed together.
  int32_t block;     // the first
  int32_t channels;  // of them all
  __mmask64 valid;   // these
  const ConvBlock* blocks;
  const int8_t* weights;
  uint8_t* out;                      // pixel 0
  int64_t block_step, segment_step;  // bytes of weights
  // From the weights of a tile to those that it brings into the second-level cache, of the blocks after these; 0 if
  // there are no more.
  mutable int64_t ahead;
  mutable int32_t ahead_blocks;
  Requantizer512 requantizers[kMostBlocks512];

  [[gnu::always_inline]] void FetchNext() const {
    if (ahead == 0) return;
    ahead = --ahead_blocks > 0 ? ahead + block_step : 0;
  }
};

struct TilePlace {
  int32_t blocks;
  int64_t pixel;
  int pixels;
};

// The output bytes of 64 values, in their order: packing saturates to 0..255.
[[gnu::always_inline]] inline __m512i Pack512(__m512i a, __m512i b, __m512i c, __m512i d) {
  // Packing works within 128-bit lanes: dword i of the result belongs to vector i % 4, elements 4 * (i / 4) and on.
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  return _mm512_permutexvar_epi32(order, _mm512_packus_epi16(_mm512_packs_epi32(a, b), _mm512_packs_epi32(c, d)));
}

// The layer's own limits, and its table.
template <int kCount>
[[gnu::always_inline]] inline void FinishBytes512(const RowConstants512& constants, __m512i* bytes) {
  const ConvRow& row = *constants.row;
  if (constants.clamps) {
    const __m512i low = _mm512_set1_epi8(static_cast<char>(row.low));
    const __m512i high = _mm512_set1_epi8(static_cast<char>(row.high));
    Unroll<kCount>([&](auto i) { bytes[i] = _mm512_min_epu8(_mm512_max_epu8(bytes[i], low), high); });
  }
  if (row.table != nullptr) {
    const ByteTable512 table = LoadTable512(row.table);
    Unroll<kCount>([&](auto i) { bytes[i] = LookUp512(table, bytes[i]); });
  }
}

// Pixels that have 64 values together, with kBlocks blocks each.
template <int kBlocks>
inline constexpr int kPackPixels512 = kBlocks < 3 ? kMostBlocks512 / kBlocks : 1;

// Channels of a pixel, and bytes from one to the next.
struct StorePlace512 {
  __mmask64 valid;
  int64_t step;
};

// The bytes of kPackPixels512<kBlocks> pixels; of the first `pixels` of them.
template <int kBlocks>
[[gnu::always_inline]] inline void StorePixels512(const StorePlace512& place, __m512i bytes, int pixels, uint8_t* to) {
  if constexpr (kBlocks > 2) {
    _mm512_mask_storeu_epi8(to, place.valid, bytes);
  } else if constexpr (kBlocks == 2) {
    const auto valid = static_cast<__mmask32>(place.valid);
    _mm256_mask_storeu_epi8(to, valid, _mm512_castsi512_si256(bytes));
    if (pixels > 1) _mm256_mask_storeu_epi8(to + place.step, valid, _mm512_extracti64x4_epi64(bytes, 1));
  } else {
    const auto valid = static_cast<__mmask16>(place.valid);
    Unroll<4>([&](auto p) {
      if (p < pixels) _mm_mask_storeu_epi8(to + p * place.step, valid, _mm512_extracti32x4_epi32(bytes, p));
    });
  }
}

// `sums`: [pixel][block][16], and readable up to a multiple of 64. Writes the outputs, or the row's sums.
void FinishTile512(const RowConstants512& constants, const int32_t* sums, const TilePlace& place);

void FinishSums512(const SumsRow& row);

}  // namespace lockstep::kernels
