// Compiled for AVX-512: it must not use inline functions with external linkage.
#include <immintrin.h>

#include "arithmetic/requantize_avx512.h"
#include "ops/common/element_runs.h"
#include "ops/common/lanes_avx512.h"

namespace lockstep::kernels {
namespace {

struct Rescaler {
  OutputLimits limits;
  bool high_words;
  Requantizer512 requantizer;
  __m512i zero_in, low, high;
};

template <bool kWide>
[[gnu::always_inline]] inline __m512i Load(const uint8_t* data, int64_t at, __mmask16 valid, bool is_signed) {
  const __m512i value = LoadLanes512<kWide>(data, at, valid);
  if (!is_signed) return value;
  constexpr int kEmpty = kWide ? 16 : 24;  // bits
  return _mm512_srai_epi32(_mm512_slli_epi32(value, kEmpty), kEmpty);
}

template <bool kWideIn, bool kWideOut>
void RescaleAll(const Rescaler& r, bool is_signed, const ByteRows& rows) {
  for (int64_t row = 0; row < rows.count; ++row) {
    const uint8_t* from = rows.from + row * rows.from_step;
    uint8_t* to = rows.to + row * rows.to_step;
    for (int64_t i = 0; i < rows.length; i += kLanes512) {
      const __mmask16 valid = LanesOf512(rows.length - i);
      const __m512i x = _mm512_sub_epi32(Load<kWideIn>(from, i, valid, is_signed), r.zero_in);
      const __m512i y = Requantize512(r.requantizer, r.limits, r.high_words, x);
      StoreLanes512<kWideOut>(to, i, valid, _mm512_min_epi32(_mm512_max_epi32(y, r.low), r.high));
    }
  }
}

template <bool kWide>
void DequantizeAll(int32_t zero_point, float scale, const ByteRows& rows) {
  const __m512i zero = _mm512_set1_epi32(zero_point);
  const __m512 factor = _mm512_set1_ps(scale);
  for (int64_t row = 0; row < rows.count; ++row) {
    const uint8_t* x = rows.from + row * rows.from_step;
    auto* y = reinterpret_cast<float*>(rows.to + row * rows.to_step);
    for (int64_t i = 0; i < rows.length; i += kLanes512) {
      const __mmask16 valid = LanesOf512(rows.length - i);
      const __m512 difference = _mm512_cvtepi32_ps(_mm512_sub_epi32(LoadLanes512<kWide>(x, i, valid), zero));
      const __m512 value = _mm512_mul_ps(factor, difference);
      if (valid == 0xffff) {  // masked stores are slow
        _mm512_storeu_ps(y + i, value);
      } else {
        _mm512_mask_storeu_ps(y + i, valid, value);
      }
    }
  }
}

template <bool kWide>
void QuantizeAll(const QuantizeConstants& c, const ByteRows& rows) {
  const __m512 scale = _mm512_set1_ps(c.scale);
  const __m512 low = _mm512_set1_ps(static_cast<float>(c.low - c.zero_point));
  const __m512 high = _mm512_set1_ps(static_cast<float>(c.high - c.zero_point));
  const __m512i zero = _mm512_set1_epi32(c.zero_point);
  for (int64_t row = 0; row < rows.count; ++row) {
    const auto* x = reinterpret_cast<const float*>(rows.from + row * rows.from_step);
    uint8_t* y = rows.to + row * rows.to_step;
    for (int64_t i = 0; i < rows.length; i += kLanes512) {
      const __mmask16 valid = LanesOf512(rows.length - i);
      const __m512 quotient = _mm512_div_ps(_mm512_maskz_loadu_ps(valid, x + i), scale);
      const __mmask16 number = _mm512_cmp_ps_mask(quotient, quotient, _CMP_ORD_Q);  // a NaN becomes 0
      const __m512 limited = _mm512_min_ps(_mm512_max_ps(_mm512_maskz_mov_ps(number, quotient), low), high);
      const __m512i rounded = _mm512_cvt_roundps_epi32(limited, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
      StoreLanes512<kWide>(y, i, valid, _mm512_add_epi32(rounded, zero));
    }
  }
}

}  // namespace

void RescaleRows512(const RescaleConstants& c, const ByteRows& rows) {
  Rescaler r;
  r.limits = {c.zero_point, 0, c.high};
  r.high_words = HighWordsDo(c.zero_point, c.shift, c.shift);
  r.requantizer =
      MakeRequantizer512(_mm512_set1_epi32(c.multiplier), _mm512_set1_epi32(c.shift), c.zero_point, r.high_words);
  r.zero_in = _mm512_set1_epi32(c.zero_in);
  r.low = _mm512_setzero_si512();
  r.high = _mm512_set1_epi32(c.high);
  if (c.wide_in) {
    c.wide_out ? RescaleAll<true, true>(r, c.signed_in, rows) : RescaleAll<true, false>(r, c.signed_in, rows);
  } else {
    c.wide_out ? RescaleAll<false, true>(r, c.signed_in, rows) : RescaleAll<false, false>(r, c.signed_in, rows);
  }
}

void QuantizeRows512(const QuantizeConstants& c, const ByteRows& rows) {
  c.wide ? QuantizeAll<true>(c, rows) : QuantizeAll<false>(c, rows);
}

void DequantizeRows512(bool wide, int32_t zero_point, float scale, const ByteRows& rows) {
  wide ? DequantizeAll<true>(zero_point, scale, rows) : DequantizeAll<false>(zero_point, scale, rows);
}

}  // namespace lockstep::kernels
