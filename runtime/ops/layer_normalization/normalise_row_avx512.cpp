// Compiled for AVX-512: it must not use inline functions with external linkage.
#include <immintrin.h>

#include "arithmetic/requantize_avx512.h"
#include "ops/layer_normalization/normalise_row.h"

namespace lockstep::kernels {
namespace {

constexpr int kLanes = 8;

__mmask8 LanesOf(int64_t left) { return static_cast<__mmask8>(left >= kLanes ? 0xff : (1 << left) - 1); }

template <bool kWide>
[[gnu::always_inline]] inline __m512i Load(const uint8_t* x, int64_t i, __mmask8 valid) {
  if constexpr (kWide) {
    return _mm512_cvtepu16_epi64(_mm_maskz_loadu_epi16(valid, reinterpret_cast<const uint16_t*>(x) + i));
  } else {
    return _mm512_cvtepu8_epi64(_mm_maskz_loadu_epi8(valid, x + i));
  }
}

template <bool kWide>
RowSums Sum(const uint8_t* x, int64_t n) {
  __m512i values = _mm512_setzero_si512();
  __m512i squares = values;
  for (int64_t i = 0; i < n; i += kLanes) {
    const __m512i value = Load<kWide>(x, i, LanesOf(n - i));
    values = _mm512_add_epi64(values, value);
    squares = _mm512_add_epi64(squares, _mm512_mul_epu32(value, value));
  }
  return {_mm512_reduce_add_epi64(values), _mm512_reduce_add_epi64(squares)};
}

template <bool kWideX, bool kWideY>
void Normalise(const NormalisedRow& row) {
  const OutputLimits limits = {row.zero_point, row.low, row.high};
  const LongRequantizer512 requantizer =
      MakeLongRequantizer512(_mm512_set1_epi64(row.multiplier), _mm512_set1_epi64(row.shift), row.zero_point);
  const __m512i n = _mm512_set1_epi64(row.n);
  const __m512i sum = _mm512_set1_epi64(row.sum);
  const __m128i scale = _mm_cvtsi32_si128(row.variance_shift);
  // A factor has more bits than a multiplication takes.
  const __m512i upper = _mm512_set1_epi64(row.inverse.factor >> 2);
  const __m512i lower = _mm512_set1_epi64(row.inverse.factor & 3);
  const __m512i one = _mm512_set1_epi64(1);
  const __m128i half_shift = _mm_cvtsi32_si128(row.inverse.half_shift);
  for (int64_t i = 0; i < row.n; i += kLanes) {
    const __mmask8 valid = LanesOf(row.n - i);
    const __m512i x = Load<kWideX>(row.x, i, valid);
    const __m512i d = _mm512_sll_epi64(_mm512_sub_epi64(_mm512_mul_epu32(x, n), sum), scale);
    const __m512i product =
        _mm512_add_epi64(_mm512_slli_epi64(_mm512_mul_epi32(d, upper), 2), _mm512_mul_epi32(d, lower));
    const __m512i h = _mm512_srai_epi64(_mm512_add_epi64(_mm512_sra_epi64(product, half_shift), one), 1);
    const __m512i gamma = _mm512_cvtepi16_epi64(_mm_maskz_loadu_epi16(valid, row.gamma + i));
    const __m512i acc = _mm512_add_epi64(_mm512_mul_epi32(h, gamma), _mm512_maskz_loadu_epi64(valid, row.beta + i));
    const __m512i values = RequantizeLong512(requantizer, limits, acc);
    if constexpr (kWideY) {
      _mm512_mask_cvtepi64_storeu_epi16(row.y + 2 * i, valid, values);
    } else if (valid == 0xff) {  // masked stores are slow
      _mm_storel_epi64(reinterpret_cast<__m128i*>(row.y + i), _mm512_cvtepi64_epi8(values));
    } else {
      _mm512_mask_cvtepi64_storeu_epi8(row.y + i, valid, values);
    }
  }
}

}  // namespace

RowSums SumRow512(const uint8_t* x, bool wide, int64_t n) { return wide ? Sum<true>(x, n) : Sum<false>(x, n); }

void NormaliseRow512(const NormalisedRow& row) {
  if (row.wide_x) {
    row.wide_y ? Normalise<true, true>(row) : Normalise<true, false>(row);
  } else {
    row.wide_y ? Normalise<false, true>(row) : Normalise<false, false>(row);
  }
}

}  // namespace lockstep::kernels
