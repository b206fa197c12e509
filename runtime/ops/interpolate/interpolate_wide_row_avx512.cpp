// Two-byte elements: sums of 64 bits.
//
// Compiled for AVX-512: it must not use inline functions with external linkage.
#include <immintrin.h>

#include "arithmetic/requantize_avx512.h"
#include "ops/interpolate/interpolate_row.h"

namespace lockstep::kernels {
namespace {

constexpr int64_t kLanes = 8;

__mmask8 LanesOf(int64_t left) { return static_cast<__mmask8>(left >= kLanes ? 0xff : (1 << left) - 1); }

void WeighRows(const InterpolateRow& row, const uint8_t* from, int64_t* to, int64_t count) {
  const __m512i zero = _mm512_set1_epi64(row.zero_in);
  for (int64_t i = 0; i < count; i += kLanes) {
    const __mmask8 valid = LanesOf(count - i);
    __m512i sum = _mm512_setzero_si512();
    for (int64_t tap = 0; tap < row.row_taps; ++tap) {
      const __m128i words = _mm_maskz_loadu_epi16(valid, from + tap * row.row_step + 2 * i);
      const __m512i x = _mm512_sub_epi64(_mm512_cvtepu16_epi64(words), zero);
      sum = _mm512_add_epi64(sum, _mm512_mul_epi32(x, _mm512_set1_epi64(row.row_weights[tap])));
    }
    _mm512_mask_storeu_epi64(to + i, valid, sum);
  }
}

// Sums of less than 56 bits times weights of 32: their upper bits and the lower 24 are multiplied apart.
[[gnu::always_inline]] inline __m512i Times(__m512i sum, __m512i weight) {
  constexpr int kLowBits = 24;
  const __m512i low = _mm512_and_si512(sum, _mm512_set1_epi64((1 << kLowBits) - 1));
  const __m512i upper = _mm512_mul_epi32(_mm512_srai_epi64(sum, kLowBits), weight);
  return _mm512_add_epi64(_mm512_slli_epi64(upper, kLowBits), _mm512_mul_epi32(low, weight));
}

}  // namespace

void InterpolateWideRow512(const InterpolateRow& row) {
  auto* sums = static_cast<int64_t*>(row.sums);
  for (int64_t x = 0; x < row.in_w; ++x) {
    WeighRows(row, row.from + x * row.pixel_step, sums + x * row.channels, row.channels);
  }
  const OutputLimits limits = {row.zero_point, row.low, row.high};
  const LongRequantizer512 requantizer =
      MakeLongRequantizer512(_mm512_set1_epi64(row.multiplier), _mm512_set1_epi64(row.shift), row.zero_point);
  for (int64_t x = 0; x < row.out_w; ++x) {
    const int64_t* from = sums + row.columns[x] * row.channels;
    const int32_t* weights = row.column_weights + x * row.column_taps;
    uint8_t* to = row.y + x * row.y_step;
    for (int64_t i = 0; i < row.channels; i += kLanes) {
      const __mmask8 valid = LanesOf(row.channels - i);
      __m512i sum = _mm512_setzero_si512();
      for (int64_t tap = 0; tap < row.column_taps; ++tap) {
        const __m512i t = _mm512_maskz_loadu_epi64(valid, from + tap * row.channels + i);
        sum = _mm512_add_epi64(sum, Times(t, _mm512_set1_epi64(weights[tap])));
      }
      const __m512i value = RequantizeLong512(requantizer, limits, sum);
      if (row.wide_y) {
        _mm_mask_storeu_epi16(to + 2 * i, valid, _mm512_cvtepi64_epi16(value));
      } else {
        _mm_mask_storeu_epi8(to + i, valid, _mm512_cvtepi64_epi8(value));
      }
    }
  }
}

}  // namespace lockstep::kernels
