// What depthwise_rows_u8s8_avx512vnni multiplies: constants and columns of a block of channels, interleaved. Only for
// files that are compiled for AVX-512.
#pragma once

#include <immintrin.h>

#include "arithmetic/requantize_avx512.h"
#include "ops/depthwise_conv/depthwise_rows.h"

namespace lockstep::kernels {

inline constexpr int kLanes = 64;
inline constexpr int kVectors = 4;                // of 16 accumulators, for 64 lanes
inline constexpr int kQuadBytes = kVectors * 64;  // of four rows

using LaneMask = unsigned long long;

[[gnu::always_inline]] inline int Least(int64_t a, int64_t b) { return static_cast<int>(a < b ? a : b); }

struct DepthwisePlan {
  OutputLimits limits;
  bool clamps;  // to less than a byte holds
  int quads;    // of rows
  int rows;     // most output rows at a time
  const uint8_t* table;
};

// Up to 64 channels: constants by lane, in the order of interleaved rows, see depthwise_columns_avx512.cpp.
struct DepthwiseBlock512 {
  int first, count;     // channels
  int width, pixels;    // lanes of a pixel, output pixels of 64 lanes: a step
  LaneMask lanes;       // of one pixel's channels
  bool loads_together;  // the lanes of a step lie side by side in the input
  bool stores_together;
  bool high_words;
  bool raised;  // accumulators are to be shifted left, so that high words do
  __m512i start[kVectors];
  __m512i raise[kVectors];
  Requantizer512 requantizers[kVectors];
  alignas(64) uint8_t weights[kWeightQuads512 * kQuadBytes];  // [output row][kx][quad]
};

struct DepthwiseInputRow {
  const uint8_t* pixels;  // the block's first channel of the row's pixel 0
  int64_t pitch;          // 0: all pixels are the zero point
};

// Output pixels of a few rows: the columns of their windows, interleaved.
struct DepthwiseColumns512 {
  DepthwiseInputRow rows[4 * kMostQuads512];
  alignas(64) uint8_t bytes[kColumnQuads512 * kQuadBytes];  // [column][quad]
};

// Where the four bytes of lane 16 * i + 4 * j + k lie: vector j, dword 4 * i + k.
[[gnu::always_inline]] inline void InterleaveRows(const __m512i* rows, __m512i* to) {
  const __m512i a = _mm512_unpacklo_epi8(rows[0], rows[1]);
  const __m512i b = _mm512_unpackhi_epi8(rows[0], rows[1]);
  const __m512i c = _mm512_unpacklo_epi8(rows[2], rows[3]);
  const __m512i d = _mm512_unpackhi_epi8(rows[2], rows[3]);
  to[0] = _mm512_unpacklo_epi16(a, c);
  to[1] = _mm512_unpackhi_epi16(a, c);
  to[2] = _mm512_unpacklo_epi16(b, d);
  to[3] = _mm512_unpackhi_epi16(b, d);
}

void LoadDepthwiseConstants(const DepthwiseLayer& layer, DepthwiseBlock512* block);
void LoadDepthwiseWeights(const DepthwiseLayer& layer, const DepthwisePlan& plan, DepthwiseBlock512* block);
// `count` columns from `first` on.
void FillDepthwiseColumns(const DepthwiseLayer& layer, const DepthwisePlan& plan, const DepthwiseBlock512& block,
                          int64_t first, int count, DepthwiseColumns512* columns);

}  // namespace lockstep::kernels
