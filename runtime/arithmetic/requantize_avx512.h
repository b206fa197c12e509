// rq1's requantisation of 16 accumulators at a time, bit-exact. Only for files that are compiled for AVX-512; always
// inlined, so that no copy of it exists that a linker could take for a CPU without these instructions.
#pragma once

#include <immintrin.h>

#include <cstdint>

namespace lockstep::kernels {

// What is the same for all accumulators of a layer.
struct OutputLimits {
  int32_t zero_point, low, high;
};

// What turns 16 accumulators into output values. Even and odd lanes are multiplied apart, for a product has 64 bits.
// With high words (RequantizeHighWord) rounding and shift are of 32 bits, for all lanes; else of 64, for the even and
// the odd ones.
struct Requantizer512 {
  __m512i multiplier, odd_multiplier;
  __m512i rounding, odd_rounding;
  __m512i shift, odd_shift;
};

// Whether the upper words of the products do, with the zero point on the rounding constant: they are within 2^30, and
// with less than that added 32 bits hold the sum.
[[gnu::always_inline]] inline bool HighWordsDo(int32_t zero_point, int min_shift, int max_shift) {
  return min_shift >= 2 && ((2 * int64_t{zero_point} + 1) << (max_shift - 2)) < (int64_t{1} << 30);
}

[[gnu::always_inline]] inline Requantizer512 MakeRequantizer512(__m512i multiplier, __m512i shift, int32_t zero_point,
                                                                bool high_words) {
  Requantizer512 r;
  r.multiplier = multiplier;
  r.odd_multiplier = _mm512_srli_epi64(multiplier, 32);
  if (high_words) {
    const __m512i one = _mm512_set1_epi32(1);
    r.shift = r.odd_shift = _mm512_sub_epi32(shift, one);
    const __m512i half = _mm512_sllv_epi32(one, _mm512_sub_epi32(r.shift, one));
    r.rounding = r.odd_rounding = _mm512_add_epi32(half, _mm512_sllv_epi32(_mm512_set1_epi32(zero_point), r.shift));
    return r;
  }
  const __m512i one = _mm512_set1_epi64(1);
  const __m512i base = _mm512_set1_epi64(31);
  r.shift = _mm512_add_epi64(base, _mm512_srai_epi64(_mm512_slli_epi64(shift, 32), 32));
  r.odd_shift = _mm512_add_epi64(base, _mm512_srai_epi64(shift, 32));
  r.rounding = _mm512_sllv_epi64(one, _mm512_sub_epi64(r.shift, one));
  r.odd_rounding = _mm512_sllv_epi64(one, _mm512_sub_epi64(r.odd_shift, one));
  return r;
}

// zero_point + rq(acc), where HighWordsDo.
[[gnu::always_inline]] inline __m512i RequantizeHighWords512(const Requantizer512& r, __m512i acc) {
  const __m512i even = _mm512_mul_epi32(acc, r.multiplier);
  // Shuffles have all four vector pipes, shifts two.
  const __m512i high = _mm512_shuffle_epi32(acc, static_cast<_MM_PERM_ENUM>(0xf5));
  const __m512i odd = _mm512_mul_epi32(high, r.odd_multiplier);
  const __m512i words = _mm512_mask_shuffle_epi32(odd, 0x5555, even, static_cast<_MM_PERM_ENUM>(0xf5));
  return _mm512_srav_epi32(_mm512_add_epi32(words, r.rounding), r.shift);
}

// clamp(zero_point + rq(acc)), any shift.
[[gnu::always_inline]] inline __m512i RequantizeProducts512(const Requantizer512& r, const OutputLimits& limits,
                                                            __m512i acc) {
  const __m512i zero = _mm512_set1_epi64(limits.zero_point);
  const __m512i low = _mm512_set1_epi64(limits.low);
  const __m512i high = _mm512_set1_epi64(limits.high);
  __m512i even = _mm512_mul_epi32(acc, r.multiplier);
  __m512i odd = _mm512_mul_epi32(_mm512_srli_epi64(acc, 32), r.odd_multiplier);
  even = _mm512_srav_epi64(_mm512_add_epi64(even, r.rounding), r.shift);
  odd = _mm512_srav_epi64(_mm512_add_epi64(odd, r.odd_rounding), r.odd_shift);
  even = _mm512_min_epi64(_mm512_max_epi64(_mm512_add_epi64(even, zero), low), high);
  odd = _mm512_min_epi64(_mm512_max_epi64(_mm512_add_epi64(odd, zero), low), high);
  return _mm512_mask_blend_epi32(0xaaaa, even, _mm512_slli_epi64(odd, 32));
}

// zero_point + rq(acc); clamped already where it might not fit into 32 bits.
[[gnu::always_inline]] inline __m512i Requantize512(const Requantizer512& r, const OutputLimits& limits,
                                                    bool high_words, __m512i acc) {
  return high_words ? RequantizeHighWords512(r, acc) : RequantizeProducts512(r, limits, acc);
}

// Of eight accumulators of 64 bits, with shifts of kLongShift and more: as RequantizeLong, the upper bits and the lower
// ones are multiplied apart. The zero point is a part of the rounding constant.
struct LongRequantizer512 {
  __m512i multiplier, rounding, shift;
};

inline constexpr int kLongLowBits512 = 24;

[[gnu::always_inline]] inline LongRequantizer512 MakeLongRequantizer512(__m512i multiplier, __m512i shift,
                                                                        int32_t zero_point) {
  const __m512i one = _mm512_set1_epi64(1);
  LongRequantizer512 r;
  r.multiplier = multiplier;
  r.shift = _mm512_add_epi64(shift, _mm512_set1_epi64(31 - kLongLowBits512));
  r.rounding = _mm512_sllv_epi64(_mm512_set1_epi64(2 * int64_t{zero_point} + 1), _mm512_sub_epi64(r.shift, one));
  return r;
}

// clamp(zero_point + rq(acc)).
[[gnu::always_inline]] inline __m512i RequantizeLong512(const LongRequantizer512& r, const OutputLimits& limits,
                                                        __m512i acc) {
  const __m512i low_bits = _mm512_set1_epi64((1 << kLongLowBits512) - 1);
  const __m512i lower =
      _mm512_srli_epi64(_mm512_mul_epi32(_mm512_and_si512(acc, low_bits), r.multiplier), kLongLowBits512);
  const __m512i upper = _mm512_mul_epi32(_mm512_srai_epi64(acc, kLongLowBits512), r.multiplier);
  const __m512i value = _mm512_srav_epi64(_mm512_add_epi64(_mm512_add_epi64(upper, lower), r.rounding), r.shift);
  return _mm512_min_epi64(_mm512_max_epi64(value, _mm512_set1_epi64(limits.low)), _mm512_set1_epi64(limits.high));
}

}  // namespace lockstep::kernels
