// A table of 256 bytes in four registers: two permutations over 128 entries each, and bit 7 of the index chooses.
// Only for files that are compiled for AVX-512 with VBMI.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace lockstep::kernels {

struct ByteTable512 {
  __m512i part[4];
};

[[gnu::always_inline]] inline ByteTable512 LoadTable512(const uint8_t* table) {
  return {{_mm512_loadu_si512(table), _mm512_loadu_si512(table + 64), _mm512_loadu_si512(table + 128),
           _mm512_loadu_si512(table + 192)}};
}

[[gnu::always_inline]] inline __m512i LookUp512(const ByteTable512& table, __m512i index) {
  const __m512i low = _mm512_permutex2var_epi8(table.part[0], index, table.part[1]);
  const __m512i high = _mm512_permutex2var_epi8(table.part[2], index, table.part[3]);
  return _mm512_mask_blend_epi8(_mm512_movepi8_mask(index), low, high);
}

}  // namespace lockstep::kernels
