// Squares of 16 by 16 bytes, or 8 by 8 elements of two, in the four parts of as many registers. Only for files that are
// compiled for AVX-512.
#pragma once

#include <immintrin.h>

#include "gemm/unroll.h"

namespace lockstep::kernels {

// Element b of vector a becomes element a of vector b, in each part: again and again each vector is interleaved with
// the one half of them behind it.
template <int kSize>
[[gnu::always_inline]] inline void TransposeParts512(__m512i* v) {
  constexpr int kSide = 16 / kSize;
  __m512i t[kSide];
  Unroll<kSize == 1 ? 4 : 3>([&](auto /*round*/) {
    Unroll<kSide / 2>([&](auto i) {
      const __m512i a = v[i];
      const __m512i b = v[i + kSide / 2];
      t[2 * i] = kSize == 1 ? _mm512_unpacklo_epi8(a, b) : _mm512_unpacklo_epi16(a, b);
      t[2 * i + 1] = kSize == 1 ? _mm512_unpackhi_epi8(a, b) : _mm512_unpackhi_epi16(a, b);
    });
    Unroll<kSide>([&](auto i) { v[i] = t[i]; });
  });
}

}  // namespace lockstep::kernels
