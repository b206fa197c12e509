// The multiplications of AVX512-VNNI, as instructions of their own because gcc 12 surrounds the intrinsics with copies
// of the accumulator; and elements of two bytes in the order that they want. Only for files that are compiled for
// AVX-512.
#pragma once

#include <immintrin.h>

namespace lockstep::kernels {

// acc plus dot products of four u8 and four s8.
[[gnu::always_inline]] inline __m512i DotProduct(__m512i acc, __m512i x, __m512i w) {
  __asm__("vpdpbusd %2, %1, %0" : "+v"(acc) : "v"(x), "v"(w));
  return acc;
}

// acc plus dot products of two s16 and two s16.
[[gnu::always_inline]] inline __m512i AddProducts(__m512i acc, __m512i x, __m512i w) {
  __asm__("vpdpwssd %2, %1, %0" : "+v"(acc) : "v"(x), "v"(w));
  return acc;
}

// Where lane 8 * i + 4 * j + k of 32 lies: vector j, dword 4 * i + k.
struct WordPair {
  __m512i part[2];
};

// Lanes of two bytes side by side with those of another.
[[gnu::always_inline]] inline WordPair Interleave(__m512i a, __m512i b) {
  return {{_mm512_unpacklo_epi16(a, b), _mm512_unpackhi_epi16(a, b)}};
}

}  // namespace lockstep::kernels
