// Up to 16 elements of one or two bytes in lanes of 32 bits. Only for files that are compiled for AVX-512.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace lockstep::kernels {

inline constexpr int kLanes512 = 16;

[[gnu::always_inline]] inline __mmask16 LanesOf512(int64_t left) {
  return static_cast<__mmask16>(left >= kLanes512 ? 0xffff : (1 << left) - 1);
}

template <bool kWide>
[[gnu::always_inline]] inline __m512i LoadLanes512(const uint8_t* data, int64_t at, __mmask16 valid) {
  if constexpr (kWide) {
    return _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(valid, reinterpret_cast<const uint16_t*>(data) + at));
  } else {
    return _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(valid, data + at));
  }
}

// Of values within the type.
template <bool kWide>
[[gnu::always_inline]] inline void StoreLanes512(uint8_t* data, int64_t at, __mmask16 valid, __m512i value) {
  if constexpr (kWide) {
    const __m256i words = _mm512_cvtepi32_epi16(value);
    auto* to = reinterpret_cast<uint16_t*>(data) + at;
    if (valid == 0xffff) {  // masked stores are slow
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), words);
    } else {
      _mm256_mask_storeu_epi16(to, valid, words);
    }
  } else {
    const __m128i bytes = _mm512_cvtepi32_epi8(value);
    if (valid == 0xffff) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(data + at), bytes);
    } else {
      _mm_mask_storeu_epi8(data + at, valid, bytes);
    }
  }
}

}  // namespace lockstep::kernels
