// Products of words for the kernels of convolutions. Only for files that are compiled for AVX2; always inlined, so that
// no copy of it exists that a linker could take for a CPU without these instructions.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "arithmetic/requantize_avx2.h"

namespace lockstep::kernels {

// Two words, written as such.
using PairOfWords = uint32_t __attribute__((may_alias, aligned(2)));

[[gnu::always_inline]] inline __m256i Load256(const void* from) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}

// Of each two bytes with a sign the second one, or the first one, as a word.
[[gnu::always_inline]] inline __m256i OddBytes256(__m256i bytes) { return _mm256_srai_epi16(bytes, 8); }
[[gnu::always_inline]] inline __m256i EvenBytes256(__m256i bytes) { return OddBytes256(_mm256_slli_epi16(bytes, 8)); }

// Adds two words of a pixel times those of 16 channels. In assembler, as the compiler adds the products of several
// words before it adds the sum, for which there are no registers.
[[gnu::always_inline]] inline SixteenSums AddProducts256(SixteenSums sums, const void* words, __m256i first,
                                                         __m256i second) {
  __m256i pair;
  __m256i product;
  __asm__(
      "vpbroadcastd %[words], %[pair]\n"
      "vpmaddwd %[first], %[pair], %[product]\n"
      "vpaddd %[product], %[first_sum], %[first_sum]\n"
      "vpmaddwd %[second], %[pair], %[pair]\n"
      "vpaddd %[pair], %[second_sum], %[second_sum]\n"
      : [first_sum] "+x"(sums.first), [second_sum] "+x"(sums.second), [pair] "=&x"(pair), [product] "=&x"(product)
      : [words] "m"(*static_cast<const PairOfWords*>(words)), [first] "x"(first), [second] "x"(second));
  return sums;
}

}  // namespace lockstep::kernels
