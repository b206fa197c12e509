// What kernels that are written once for several instruction sets work with, for AVX2: vectors of 128 bits. Everything
// is inlined always: no copy exists that a linker could take from a file with other flags.
#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace lockstep::kernels::lanes {

#define LOCKSTEP_LANES [[gnu::always_inline]] inline

// Types of their own, so that functions can be chosen by them.
using Bytes = uint8_t __attribute__((vector_size(16)));
using Halves = int16_t __attribute__((vector_size(16)));
using Words = int32_t __attribute__((vector_size(16)));
using Longs = int64_t __attribute__((vector_size(16)));

LOCKSTEP_LANES Bytes AsBytes(__m128i x) { return reinterpret_cast<Bytes>(x); }
LOCKSTEP_LANES Halves AsHalves(__m128i x) { return reinterpret_cast<Halves>(x); }
LOCKSTEP_LANES Words AsWords(__m128i x) { return reinterpret_cast<Words>(x); }
LOCKSTEP_LANES Longs AsLongs(__m128i x) { return reinterpret_cast<Longs>(x); }
template <typename Vector>
LOCKSTEP_LANES __m128i Plain(Vector x) {
  return reinterpret_cast<__m128i>(x);
}

LOCKSTEP_LANES __m128i LoadPlain(const void* from) { return _mm_loadu_si128(static_cast<const __m128i*>(from)); }
template <typename Vector>
LOCKSTEP_LANES void StorePlain(Vector x, void* to) {
  _mm_storeu_si128(static_cast<__m128i*>(to), Plain(x));
}

LOCKSTEP_LANES Bytes SplatBytes(int32_t value) { return AsBytes(_mm_set1_epi8(static_cast<char>(value))); }
LOCKSTEP_LANES Halves SplatHalves(int32_t value) { return AsHalves(_mm_set1_epi16(static_cast<int16_t>(value))); }
LOCKSTEP_LANES Words SplatWords(int32_t value) { return AsWords(_mm_set1_epi32(value)); }
LOCKSTEP_LANES Longs SplatLongs(int64_t value) { return AsLongs(_mm_set1_epi64x(value)); }
LOCKSTEP_LANES Bytes LoadBytes(const void* from) { return AsBytes(LoadPlain(from)); }
LOCKSTEP_LANES Halves LoadHalves(const void* from) { return AsHalves(LoadPlain(from)); }
LOCKSTEP_LANES Words LoadWords(const int32_t* from) { return AsWords(LoadPlain(from)); }
LOCKSTEP_LANES Longs LoadLongs(const int64_t* from) { return AsLongs(LoadPlain(from)); }
LOCKSTEP_LANES void StoreBytes(Bytes value, void* to) { StorePlain(value, to); }
LOCKSTEP_LANES void StoreHalves(Halves value, void* to) { StorePlain(value, to); }
LOCKSTEP_LANES void StoreWords(Words value, int32_t* to) { StorePlain(value, to); }
LOCKSTEP_LANES void StoreLongs(Longs value, int64_t* to) { StorePlain(value, to); }

LOCKSTEP_LANES Bytes Largest(Bytes a, Bytes b) { return AsBytes(_mm_max_epu8(Plain(a), Plain(b))); }
LOCKSTEP_LANES Halves LargestUnsigned(Halves a, Halves b) { return AsHalves(_mm_max_epu16(Plain(a), Plain(b))); }
LOCKSTEP_LANES uint8_t LargestOf(Bytes x) {
  const __m128i least = _mm_xor_si128(Plain(x), _mm_set1_epi8(-1));
  const __m128i halves = _mm_min_epu8(least, _mm_srli_epi16(least, 8));
  return static_cast<uint8_t>(~_mm_cvtsi128_si32(_mm_minpos_epu16(halves)));
}
LOCKSTEP_LANES Words Largest(Words a, Words b) { return AsWords(_mm_max_epi32(Plain(a), Plain(b))); }
LOCKSTEP_LANES Words Least(Words a, Words b) { return AsWords(_mm_min_epi32(Plain(a), Plain(b))); }
LOCKSTEP_LANES Words Add(Words a, Words b) { return AsWords(_mm_add_epi32(Plain(a), Plain(b))); }
LOCKSTEP_LANES Halves Add(Halves a, Halves b) { return AsHalves(_mm_add_epi16(Plain(a), Plain(b))); }
LOCKSTEP_LANES Longs Add(Longs a, Longs b) { return AsLongs(_mm_add_epi64(Plain(a), Plain(b))); }
LOCKSTEP_LANES Words Subtract(Words a, Words b) { return AsWords(_mm_sub_epi32(Plain(a), Plain(b))); }
LOCKSTEP_LANES Words Multiply(Words a, Words b) { return AsWords(_mm_mullo_epi32(Plain(a), Plain(b))); }
LOCKSTEP_LANES Words MultiplyAdd(Words sum, Words a, Words b) { return Add(sum, Multiply(a, b)); }
LOCKSTEP_LANES Words MultiplySubtract(Words sum, Words a, Words b) { return Subtract(sum, Multiply(a, b)); }

// The odd lanes at the places of the even ones.
LOCKSTEP_LANES __m128i OddOf(__m128i x) { return _mm_shuffle_epi32(x, 0xf5); }
// The upper word of 2 * a * b, as long as one of them is not INT32_MIN.
LOCKSTEP_LANES Words MultiplyHigh(Words a, Words b) {
  const __m128i even = _mm_mul_epi32(Plain(a), Plain(b));
  const __m128i odd = _mm_mul_epi32(OddOf(Plain(a)), OddOf(Plain(b)));
  return AsWords(_mm_blend_epi32(_mm_srli_epi64(even, 31), _mm_add_epi64(odd, odd), 0xa));
}
// All bits where a >= b, both unsigned.
LOCKSTEP_LANES Words AtLeast(Words a, Words b) {
  return AsWords(_mm_cmpeq_epi32(_mm_max_epu32(Plain(a), Plain(b)), Plain(a)));
}
// By the same number of bits for all lanes.
struct WordShift {
  __m128i by;

  LOCKSTEP_LANES static WordShift Left(int32_t by) { return {_mm_cvtsi32_si128(by)}; }
  LOCKSTEP_LANES static WordShift Right(int32_t by) { return {_mm_cvtsi32_si128(by)}; }
  LOCKSTEP_LANES Words ToLeft(Words x) const { return AsWords(_mm_sll_epi32(Plain(x), by)); }
  LOCKSTEP_LANES Words ToRight(Words x) const { return AsWords(_mm_sra_epi32(Plain(x), by)); }
};
// a where x < 0, else b.
LOCKSTEP_LANES Words WhereNegative(Words x, Words a, Words b) {
  return AsWords(_mm_castps_si128(
      _mm_blendv_ps(_mm_castsi128_ps(Plain(b)), _mm_castsi128_ps(Plain(a)), _mm_castsi128_ps(Plain(x)))));
}

LOCKSTEP_LANES __m128i UpperHalf(__m128i x) { return _mm_unpackhi_epi64(x, x); }
LOCKSTEP_LANES Halves LowOf(Bytes x) { return AsHalves(_mm_cvtepu8_epi16(Plain(x))); }
LOCKSTEP_LANES Halves HighOf(Bytes x) { return AsHalves(_mm_unpackhi_epi8(Plain(x), _mm_setzero_si128())); }
LOCKSTEP_LANES Halves SignedLowOf(Bytes x) { return AsHalves(_mm_cvtepi8_epi16(Plain(x))); }
LOCKSTEP_LANES Halves SignedHighOf(Bytes x) { return AsHalves(_mm_cvtepi8_epi16(UpperHalf(Plain(x)))); }
LOCKSTEP_LANES Words SignedLowOf(Halves x) { return AsWords(_mm_cvtepi16_epi32(Plain(x))); }
LOCKSTEP_LANES Words SignedHighOf(Halves x) { return AsWords(_mm_cvtepi16_epi32(UpperHalf(Plain(x)))); }
LOCKSTEP_LANES Words LowOf(Halves x) { return AsWords(_mm_cvtepu16_epi32(Plain(x))); }
LOCKSTEP_LANES Words HighOf(Halves x) { return AsWords(_mm_unpackhi_epi16(Plain(x), _mm_setzero_si128())); }
// What fits, and is not negative.
LOCKSTEP_LANES Halves Narrow(Words low, Words high) { return AsHalves(_mm_packus_epi32(Plain(low), Plain(high))); }
LOCKSTEP_LANES Bytes Narrow(Halves low, Halves high) { return AsBytes(_mm_packus_epi16(Plain(low), Plain(high))); }
// What 32 bits do not hold becomes their limit.
LOCKSTEP_LANES __m128i Limit(__m128i x) {
  const __m128i most = _mm_set1_epi64x(INT32_MAX);
  const __m128i least = _mm_set1_epi64x(INT32_MIN);
  x = _mm_blendv_epi8(x, most, _mm_cmpgt_epi64(x, most));
  return _mm_blendv_epi8(x, least, _mm_cmpgt_epi64(least, x));
}
LOCKSTEP_LANES Words Saturate(Longs low, Longs high) {
  return AsWords(_mm_castps_si128(
      _mm_shuffle_ps(_mm_castsi128_ps(Limit(Plain(low))), _mm_castsi128_ps(Limit(Plain(high))), 0x88)));
}

LOCKSTEP_LANES Longs ProductsOf(__m128i a, __m128i b) {
  return AsLongs(_mm_mul_epi32(_mm_cvtepu32_epi64(a), _mm_cvtepu32_epi64(b)));
}
LOCKSTEP_LANES Longs ProductsLow(Words a, Words b) { return ProductsOf(Plain(a), Plain(b)); }
LOCKSTEP_LANES Longs ProductsHigh(Words a, Words b) { return ProductsOf(UpperHalf(Plain(a)), UpperHalf(Plain(b))); }

// Multipliers and shifts of four lanes.
struct Scale {
  Words multiplier, shift;
};
LOCKSTEP_LANES Scale ScaleOf(Words multiplier, Words shift) { return {multiplier, shift}; }
// For shifts of at least 1.
LOCKSTEP_LANES Words ShiftRounded(Words x, const Scale& by) {
  const __m128i one = _mm_set1_epi32(1);
  const __m128i last = _mm_srav_epi32(Plain(x), _mm_sub_epi32(Plain(by.shift), one));
  return AsWords(_mm_add_epi32(_mm_srai_epi32(last, 1), _mm_and_si128(last, one)));
}
LOCKSTEP_LANES Words RequantizeShort(Words acc, const Scale& by) {
  return ShiftRounded(MultiplyHigh(acc, by.multiplier), by);
}

// To the right, rounded half up, by as many bits as each lane says.
LOCKSTEP_LANES __m128i ShiftLongs(__m128i x, __m128i by) {
  const __m128i one = _mm_set1_epi64x(1);
  const __m128i sign = _mm_set1_epi64x(INT64_MIN);
  const __m128i half = _mm_srli_epi64(_mm_sllv_epi64(one, by), 1);
  return _mm_sub_epi64(_mm_srlv_epi64(_mm_xor_si128(_mm_add_epi64(x, half), sign), by), _mm_srlv_epi64(sign, by));
}
// For every shift. What 32 bits do not hold becomes their limit.
LOCKSTEP_LANES Words RequantizeAny(Words acc, const Scale& by) {
  const __m128i shift = _mm_add_epi32(Plain(by.shift), _mm_set1_epi32(31));
  return Saturate(AsLongs(ShiftLongs(Plain(ProductsLow(acc, by.multiplier)), _mm_cvtepu32_epi64(shift))),
                  AsLongs(ShiftLongs(Plain(ProductsHigh(acc, by.multiplier)), _mm_cvtepu32_epi64(UpperHalf(shift)))));
}

// (a * ma + b * mb) >> shift, rounded half up, of sums of 64 bits.
struct WeightedSum {
  Words ma, mb;
  __m128i shift;

  LOCKSTEP_LANES WeightedSum(int32_t multiplier_a, int32_t multiplier_b, int32_t by)
      : ma(SplatWords(multiplier_a)), mb(SplatWords(multiplier_b)), shift(_mm_set1_epi64x(by)) {}
  LOCKSTEP_LANES Words Of(Words a, Words b) const {
    const Longs low = Add(ProductsLow(a, ma), ProductsLow(b, mb));
    const Longs high = Add(ProductsHigh(a, ma), ProductsHigh(b, mb));
    return Saturate(AsLongs(ShiftLongs(Plain(low), shift)), AsLongs(ShiftLongs(Plain(high), shift)));
  }
};

// As rq1::RequantizeWide, for shifts from kLongShift on, in two steps as kernels::RequantizeLong.
struct LongScale {
  __m128i multiplier[2];
  __m128i shift[2];

  LOCKSTEP_LANES LongScale(Words m, Words by) {
    const __m128i right = _mm_add_epi32(Plain(by), _mm_set1_epi32(7));
    multiplier[0] = _mm_cvtepu32_epi64(Plain(m));
    multiplier[1] = _mm_cvtepu32_epi64(UpperHalf(Plain(m)));
    shift[0] = _mm_cvtepu32_epi64(right);
    shift[1] = _mm_cvtepu32_epi64(UpperHalf(right));
  }
  // The upper part of acc has 32 bits with a sign, which the multiplication takes from the lower word.
  LOCKSTEP_LANES static Longs Half(Longs acc, __m128i m, __m128i right) {
    const __m128i low = _mm_and_si128(Plain(acc), _mm_set1_epi64x((1 << 24) - 1));
    const __m128i product = _mm_srli_epi64(_mm_mul_epi32(low, m), 24);
    const __m128i upper = _mm_mul_epi32(_mm_srli_epi64(Plain(acc), 24), m);
    return AsLongs(ShiftLongs(_mm_add_epi64(product, upper), right));
  }
  LOCKSTEP_LANES Words Of(Longs low, Longs high) const {
    return Saturate(Half(low, multiplier[0], shift[0]), Half(high, multiplier[1], shift[1]));
  }
};

// x * 2^32
LOCKSTEP_LANES Longs ShiftedLow(Words x) { return AsLongs(_mm_unpacklo_epi32(_mm_setzero_si128(), Plain(x))); }
LOCKSTEP_LANES Longs ShiftedHigh(Words x) { return AsLongs(_mm_unpackhi_epi32(_mm_setzero_si128(), Plain(x))); }

// To the right, rounded half up.
struct LongShift {
  __m128i by;

  LOCKSTEP_LANES explicit LongShift(int32_t right) : by(_mm_set1_epi64x(right)) {}
  LOCKSTEP_LANES Longs Of(Longs x) const { return AsLongs(ShiftLongs(Plain(x), by)); }
};

}  // namespace lockstep::kernels::lanes

#include "arithmetic/lanes.h"
