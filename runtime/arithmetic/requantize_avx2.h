// rq1's requantisation of 8 accumulators at a time, bit-exact. Only for files that are compiled for AVX2; always
// inlined, so that no copy of it exists that a linker could take for a CPU without these instructions.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace lockstep::kernels {

struct Limits256 {
  int32_t zero_point, low, high;
};

// By the upper words of the products, as RequantizeHighWord does, with the zero point on the rounding constant.
struct Requantizer256 {
  __m256i multiplier, odd_multiplier;
  __m256i rounding, shift;
};

// The upper words are within 2^30, and with less than that added 32 bits hold the sum.
[[gnu::always_inline]] inline bool HighWordsDo256(int32_t zero_point, int min_shift, int max_shift) {
  return min_shift >= 2 && ((2 * int64_t{zero_point} + 1) << (max_shift - 2)) < (int64_t{1} << 30);
}

[[gnu::always_inline]] inline Requantizer256 MakeRequantizer256(__m256i multiplier, __m256i shift, int32_t zero_point) {
  const __m256i one = _mm256_set1_epi32(1);
  Requantizer256 r;
  r.multiplier = multiplier;
  r.odd_multiplier = _mm256_srli_epi64(multiplier, 32);
  r.shift = _mm256_sub_epi32(shift, one);
  r.rounding = _mm256_add_epi32(_mm256_sllv_epi32(one, _mm256_sub_epi32(r.shift, one)),
                                _mm256_sllv_epi32(_mm256_set1_epi32(zero_point), r.shift));
  return r;
}

[[gnu::always_inline]] inline Requantizer256 MakeRequantizer256(const int32_t* multiplier, const int32_t* shift,
                                                                int32_t zero_point) {
  return MakeRequantizer256(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(multiplier)),
                            _mm256_loadu_si256(reinterpret_cast<const __m256i*>(shift)), zero_point);
}

// zero_point + rq(acc), where HighWordsDo256.
[[gnu::always_inline]] inline __m256i RequantizeHighWords256(const Requantizer256& r, __m256i acc) {
  const __m256i even = _mm256_mul_epi32(acc, r.multiplier);
  const __m256i odd = _mm256_mul_epi32(_mm256_srli_epi64(acc, 32), r.odd_multiplier);
  const __m256i words = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa);
  return _mm256_srav_epi32(_mm256_add_epi32(words, r.rounding), r.shift);
}

// clamp(zero_point + rq(acc)) for any shift, one after the other.
template <typename Shift>
[[gnu::always_inline]] inline __m256i RequantizeEach256(__m256i acc, const int32_t* multiplier, const Shift* shift,
                                                        const Limits256& limits) {
  alignas(32) int32_t values[8];
  _mm256_store_si256(reinterpret_cast<__m256i*>(values), acc);
  for (int i = 0; i < 8; ++i) {
    const int64_t rounded = (int64_t{values[i]} * multiplier[i] + (int64_t{1} << (30 + shift[i]))) >> (31 + shift[i]);
    const int64_t value = limits.zero_point + rounded;
    values[i] = static_cast<int32_t>(value < limits.low ? limits.low : (value > limits.high ? limits.high : value));
  }
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(values));
}

}  // namespace lockstep::kernels
