// What depthwise_rows_uxsx_avx512vnni multiplies: constants and weights of a block of channels, interleaved. Only for
// files that are compiled for AVX-512.
#pragma once

#include <immintrin.h>

#include "arithmetic/requantize_avx512.h"
#include "gemm/dot_product_avx512.h"
#include "ops/depthwise_conv/depthwise_rows.h"

namespace lockstep::kernels {

inline constexpr int kWordChannels = 32;

enum class DepthwiseEpilogue { kWords, kLong, kAny };

// Up to 32 channels.
struct DepthwiseWords {
  int first, count;
  __mmask32 lanes;
  DepthwiseEpilogue epilogue;
  // kWords: sums of 32 bits.
  WordPair start;
  Requantizer512 requantizers[2];
  // kLong, by even and odd dwords of the two vectors: sums of 64 bits.
  __m512i wide_start[4];
  LongRequantizer512 long_requantizers[4];
  // kAny, by lane.
  int64_t starts[kWordChannels];
  int32_t multipliers[kWordChannels];
  int32_t shifts[kWordChannels];
  alignas(64) int16_t weights[(kMostTaps512 / 2) * 2 * 2 * kWordChannels];  // [pair][byte][vector]
};

// The lane of vector j, dword k.
[[gnu::always_inline]] inline int WordLane(int j, int k) { return 8 * (k / 4) + 4 * j + k % 4; }

// In the order of the lanes.
[[gnu::always_inline]] inline void RestoreLanes(const WordPair& sums, int32_t* to) {
  for (int j = 0; j < 2; ++j) {
    alignas(64) int32_t lanes[16];
    _mm512_store_si512(lanes, sums.part[j]);
    for (int k = 0; k < 16; ++k) to[WordLane(j, k)] = lanes[k];
  }
}

void FillDepthwiseWords(const DepthwiseWideLayer& wide, int taps, DepthwiseWords* block);

}  // namespace lockstep::kernels
