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

// The odd of each two. More pipes have shuffles than shifts.
[[gnu::always_inline]] inline __m256i OddWords256(__m256i x) { return _mm256_shuffle_epi32(x, 0xf5); }

// zero_point + rq(acc), where HighWordsDo256.
[[gnu::always_inline]] inline __m256i RequantizeHighWords256(const Requantizer256& r, __m256i acc) {
  const __m256i even = _mm256_mul_epi32(acc, r.multiplier);
  const __m256i odd = _mm256_mul_epi32(OddWords256(acc), r.odd_multiplier);
  const __m256i words = _mm256_blend_epi32(OddWords256(even), odd, 0xaa);
  return _mm256_srav_epi32(_mm256_add_epi32(words, r.rounding), r.shift);
}

// What makes bytes of the sums of 16 channels, where HighWordsDo256: of every four lanes the middle ones change places,
// so that one shuffle puts upper words together, and packing puts them back.
struct ByteRequantizer256 {
  Requantizer256 half[2];
};

[[gnu::always_inline]] inline Requantizer256 SwapMiddle256(Requantizer256 r) {
  r.rounding = _mm256_shuffle_epi32(r.rounding, 0xd8);
  r.shift = _mm256_shuffle_epi32(r.shift, 0xd8);
  return r;
}

// Sums of 16 channels.
struct SixteenSums {
  __m256i first, second;  // of 8 channels each
};

// Of two pixels' sums their bytes, not clamped to less than a byte.
[[gnu::always_inline]] inline __m256i RequantizeTwo256(const ByteRequantizer256& r, const SixteenSums& a,
                                                       const SixteenSums& b) {
  const auto requantize = [](const Requantizer256& by, __m256i acc) __attribute__((always_inline)) {
    const __m256 even = _mm256_castsi256_ps(_mm256_mul_epi32(acc, by.multiplier));
    const __m256 odd = _mm256_castsi256_ps(_mm256_mul_epi32(OddWords256(acc), by.odd_multiplier));
    const __m256i words = _mm256_castps_si256(_mm256_shuffle_ps(even, odd, 0xdd));
    return _mm256_srav_epi32(_mm256_add_epi32(words, by.rounding), by.shift);
  };
  const __m256i one = _mm256_packs_epi32(requantize(r.half[0], a.first), requantize(r.half[1], a.second));
  const __m256i two = _mm256_packs_epi32(requantize(r.half[0], b.first), requantize(r.half[1], b.second));
  const __m256i fours =
      _mm256_permutevar8x32_epi32(_mm256_packus_epi16(one, two), _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
  const __m128i order = _mm_setr_epi8(0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15);
  return _mm256_shuffle_epi8(fours, _mm256_broadcastsi128_si256(order));
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
