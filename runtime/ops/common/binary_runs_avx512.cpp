// Add and Mul in 16 lanes of 32 bits, or twice 8 of 64; 64 bytes at a time where all are bytes.
//
// Compiled for AVX-512: it must not use inline functions with external linkage.
#include <immintrin.h>

#include "arithmetic/requantize_avx512.h"
#include "gemm/unroll.h"
#include "ops/common/binary_runs.h"
#include "ops/common/lanes_avx512.h"

namespace lockstep::kernels {
namespace {

constexpr int kVectors = 4;

// Differences to a zero point, or elements as they are.
template <bool kDifferences>
struct OperandOf {
  const uint8_t* data;
  bool same, wide;
  __m512i zero_point;

  [[gnu::always_inline]] __m512i Difference(__m512i value) const {
    return kDifferences ? _mm512_sub_epi32(value, zero_point) : value;
  }

  [[gnu::always_inline]] __m512i Load(int64_t at, __mmask16 valid) const {
    __m512i value;
    if (wide) {
      const auto* words = reinterpret_cast<const uint16_t*>(data);
      value = same ? _mm512_set1_epi32(words[0]) : _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(valid, words + at));
    } else {
      value = same ? _mm512_set1_epi32(data[0]) : _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(valid, data + at));
    }
    return Difference(value);
  }

  [[gnu::always_inline]] __m512i LoadBytes(int64_t at) const {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(data + at));
    return Difference(_mm512_cvtepu8_epi32(bytes));
  }
};

using Operand = OperandOf<true>;
using Elements = OperandOf<false>;

Operand OperandA(const BinaryRun& run, int32_t zero) {
  return {run.a, run.same_a, run.wide_a, _mm512_set1_epi32(zero)};
}
Operand OperandB(const BinaryRun& run, int32_t zero) {
  return {run.b, run.same_b, run.wide_b, _mm512_set1_epi32(zero)};
}

// The limits of the output, and where it goes.
struct Output {
  uint8_t* data;
  bool wide;
  bool clamps;                  // to less than a byte holds
  __m512i low, high;            // of 32 bits
  __m512i byte_low, byte_high;  // of bytes

  [[gnu::always_inline]] void Store(int64_t at, __mmask16 valid, __m512i value) const {
    value = _mm512_min_epi32(_mm512_max_epi32(value, low), high);
    if (valid == 0xffff && !wide) {  // masked stores are slow
      _mm_storeu_si128(reinterpret_cast<__m128i*>(data + at), _mm512_cvtepi32_epi8(value));
    } else if (wide) {
      _mm256_mask_storeu_epi16(reinterpret_cast<uint16_t*>(data) + at, valid, _mm512_cvtepi32_epi16(value));
    } else {
      _mm_mask_storeu_epi8(data + at, valid, _mm512_cvtepi32_epi8(value));
    }
  }

  [[gnu::always_inline]] void StoreBytes(int64_t at, const __m512i* values) const {
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const __m512i words_low = _mm512_packs_epi32(values[0], values[1]);
    const __m512i words_high = _mm512_packs_epi32(values[2], values[3]);
    __m512i bytes = _mm512_permutexvar_epi32(order, _mm512_packus_epi16(words_low, words_high));
    if (clamps) bytes = _mm512_min_epu8(_mm512_max_epu8(bytes, byte_low), byte_high);
    _mm512_storeu_si512(data + at, bytes);
  }
};

Output OutputOf(const BinaryRun& run, int32_t low, int32_t high) {
  return {run.y,
          run.wide_y,
          low > 0 || high < 255,
          _mm512_set1_epi32(low),
          _mm512_set1_epi32(high),
          _mm512_set1_epi8(static_cast<char>(low)),
          _mm512_set1_epi8(static_cast<char>(high))};
}

// combine(differences of a, of b) gives 16 values, not clamped yet where `bytes` says that 32 bits hold them.
template <typename A, typename Combine>
[[gnu::always_inline]] inline void ForEachLane(const BinaryRun& run, A a, A b, Output y, Combine combine) {
  const bool bytes = !run.wide_a && !run.wide_b && !run.wide_y && !run.same_a && !run.same_b;
  for (int64_t row = 0; row < run.rows; ++row) {
    int64_t i = 0;
    if (bytes) {
      for (; i + kVectors * kLanes512 <= run.count; i += kVectors * kLanes512) {
        __m512i values[kVectors];
        Unroll<kVectors>(
            [&](auto v) { values[v] = combine(a.LoadBytes(i + v * kLanes512), b.LoadBytes(i + v * kLanes512)); });
        y.StoreBytes(i, values);
      }
    }
    for (; i < run.count; i += kLanes512) {
      const __mmask16 valid = LanesOf512(run.count - i);
      y.Store(i, valid, combine(a.Load(i, valid), b.Load(i, valid)));
    }
    a.data += run.step_a;
    b.data += run.step_b;
    y.data += run.step_y;
  }
}

// The even lanes of 32 bits times a number of 64.
[[gnu::always_inline]] inline __m512i ProductSum(__m512i a, __m512i ma, __m512i b, __m512i mb, __m512i half,
                                                 __m128i shift) {
  const __m512i sum = _mm512_add_epi64(_mm512_mul_epi32(a, ma), _mm512_mul_epi32(b, mb));
  return _mm512_sra_epi64(_mm512_add_epi64(sum, half), shift);
}

}  // namespace

void AddRun512(const AddConstants& c, const BinaryRun& run) {
  const Operand a = OperandA(run, c.zero_a);
  const Operand b = OperandB(run, c.zero_b);
  const Output y = OutputOf(run, c.low, c.high);
  const __m512i multiplier_a = _mm512_set1_epi32(c.multiplier_a);
  const __m512i multiplier_b = _mm512_set1_epi32(c.multiplier_b);
  const __m128i shift = _mm_cvtsi32_si128(c.shift);
  // All that is added, in one constant. 32 bits hold the sum with it but for outputs of a very small scale.
  const int64_t start = (int64_t{c.zero_point} << c.shift) + (int64_t{1} << c.shift >> 1) -
                        int64_t{c.zero_a} * c.multiplier_a - int64_t{c.zero_b} * c.multiplier_b;
  const int64_t least = start + 255 * (int64_t{c.multiplier_a < 0 ? c.multiplier_a : 0} +
                                       int64_t{c.multiplier_b < 0 ? c.multiplier_b : 0});
  const int64_t most = start + 255 * (int64_t{c.multiplier_a > 0 ? c.multiplier_a : 0} +
                                      int64_t{c.multiplier_b > 0 ? c.multiplier_b : 0});
  if (!run.wide_a && !run.wide_b && !run.wide_y && least >= INT32_MIN && most <= INT32_MAX) {
    const __m512i starts = _mm512_set1_epi32(static_cast<int32_t>(start));
    const Elements left = {run.a, run.same_a, false, {}};
    const Elements right = {run.b, run.same_b, false, {}};
    ForEachLane(
        run, left, right, y, [&](__m512i x, __m512i z) __attribute__((always_inline)) {
          const __m512i sum =
              _mm512_add_epi32(_mm512_mullo_epi32(x, multiplier_a), _mm512_mullo_epi32(z, multiplier_b));
          return _mm512_sra_epi32(_mm512_add_epi32(sum, starts), shift);
        });
    return;
  }
  const __m512i half = _mm512_set1_epi64(int64_t{1} << (c.shift - 1));
  const __m512i zero_point = _mm512_set1_epi64(c.zero_point);
  const __m512i low = _mm512_set1_epi64(c.low);
  const __m512i high = _mm512_set1_epi64(c.high);
  const auto clamped = [&](__m512i value) __attribute__((always_inline)) {
    return _mm512_min_epi64(_mm512_max_epi64(_mm512_add_epi64(value, zero_point), low), high);
  };
  ForEachLane(
      run, a, b, y, [&](__m512i left, __m512i right) __attribute__((always_inline)) {
        const __m512i even = clamped(ProductSum(left, multiplier_a, right, multiplier_b, half, shift));
        const __m512i odd = clamped(ProductSum(_mm512_srli_epi64(left, 32), multiplier_a, _mm512_srli_epi64(right, 32),
                                               multiplier_b, half, shift));
        return _mm512_mask_blend_epi32(0xaaaa, even, _mm512_slli_epi64(odd, 32));
      });
}

// Products of 32 bits: not of two u16.
void MulRun512(const MulConstants& c, const BinaryRun& run) {
  const Operand a = OperandA(run, c.zero_a);
  const Operand b = OperandB(run, c.zero_b);
  const Output y = OutputOf(run, c.low, c.high);
  const OutputLimits limits = {c.zero_point, c.low, c.high};
  const bool high_words = HighWordsDo(c.zero_point, c.shift, c.shift);
  const Requantizer512 r =
      MakeRequantizer512(_mm512_set1_epi32(c.multiplier), _mm512_set1_epi32(c.shift), c.zero_point, high_words);
  if (high_words) {
    ForEachLane(
        run, a, b, y, [&](__m512i left, __m512i right) __attribute__((always_inline)) {
          return RequantizeHighWords512(r, _mm512_mullo_epi32(left, right));
        });
  } else {
    ForEachLane(
        run, a, b, y, [&](__m512i left, __m512i right) __attribute__((always_inline)) {
          return RequantizeProducts512(r, limits, _mm512_mullo_epi32(left, right));
        });
  }
}

void MulWideRun512(const MulConstants& c, const BinaryRun& run) {
  const Operand a = OperandA(run, c.zero_a);
  const Operand b = OperandB(run, c.zero_b);
  const OutputLimits limits = {c.zero_point, c.low, c.high};
  const LongRequantizer512 r =
      MakeLongRequantizer512(_mm512_set1_epi64(c.multiplier), _mm512_set1_epi64(c.shift), c.zero_point);
  ForEachLane(
      run, a, b, OutputOf(run, c.low, c.high), [&](__m512i left, __m512i right) __attribute__((always_inline)) {
        const __m512i even = RequantizeLong512(r, limits, _mm512_mul_epi32(left, right));
        const __m512i odd =
            RequantizeLong512(r, limits, _mm512_mul_epi32(_mm512_srli_epi64(left, 32), _mm512_srli_epi64(right, 32)));
        return _mm512_mask_blend_epi32(0xaaaa, even, _mm512_slli_epi64(odd, 32));
      });
}

void PReluRun512(const PReluConstants& c, const BinaryRun& run) {
  const Operand a = OperandA(run, c.zero_a);
  const Operand b = OperandB(run, 0);
  const OutputLimits limits = {c.zero_point, c.low, c.high};
  const bool high_words =
      HighWordsDo(c.zero_point, c.shift, c.shift) && HighWordsDo(c.zero_point, c.slope_shift, c.slope_shift);
  const Requantizer512 above =
      MakeRequantizer512(_mm512_set1_epi32(c.multiplier), _mm512_set1_epi32(c.shift), c.zero_point, high_words);
  const Requantizer512 below = MakeRequantizer512(_mm512_set1_epi32(c.slope_multiplier),
                                                  _mm512_set1_epi32(c.slope_shift), c.zero_point, high_words);
  const int empty = run.wide_b ? 16 : 24;  // bits in front of a slope's
  const __m128i bits = _mm_cvtsi32_si128(empty);
  const auto rectify = [&](__m512i x, __m512i slope, auto requantize) __attribute__((always_inline)) {
    const __mmask16 negative = _mm512_cmplt_epi32_mask(x, _mm512_setzero_si512());
    const __m512i product = _mm512_mullo_epi32(x, _mm512_sra_epi32(_mm512_sll_epi32(slope, bits), bits));
    return _mm512_mask_blend_epi32(negative, requantize(above, x), requantize(below, product));
  };
  const Output y = OutputOf(run, c.low, c.high);
  if (high_words) {
    ForEachLane(
        run, a, b, y, [&](__m512i x, __m512i slope) __attribute__((always_inline)) {
          return rectify(
              x, slope, [](const Requantizer512& r, __m512i acc) __attribute__((always_inline)) {
                return RequantizeHighWords512(r, acc);
              });
        });
  } else {
    ForEachLane(
        run, a, b, y, [&](__m512i x, __m512i slope) __attribute__((always_inline)) {
          return rectify(
              x, slope, [&](const Requantizer512& r, __m512i acc) __attribute__((always_inline)) {
                return RequantizeProducts512(r, limits, acc);
              });
        });
  }
}

}  // namespace lockstep::kernels
