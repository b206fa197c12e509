// Up to 16 floats of contract f1. Only for files that are compiled for AVX-512.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace lockstep::kernels {

// Every NaN is stored with the same bits.
[[gnu::always_inline]] inline void StoreFloats512(float* to, __mmask16 valid, __m512 value) {
  constexpr int kNaN = 0x7fc00000;
  const __mmask16 nan = _mm512_cmp_ps_mask(value, value, _CMP_UNORD_Q);
  value = _mm512_mask_mov_ps(value, nan, _mm512_castsi512_ps(_mm512_set1_epi32(kNaN)));
  if (valid == 0xffff) {  // masked stores are slow
    _mm512_storeu_ps(to, value);
  } else {
    _mm512_mask_storeu_ps(to, valid, value);
  }
}

// The products of a sum are rounded before they are added.
[[gnu::always_inline]] inline __m512 AddProduct512(__m512 sum, __m512 x, __m512 w) {
  return _mm512_add_ps(sum, _mm512_mul_ps(x, w));
}

}  // namespace lockstep::kernels
