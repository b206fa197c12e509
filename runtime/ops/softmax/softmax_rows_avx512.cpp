// Compiled for AVX-512: it must not use inline functions with external linkage.
#include <immintrin.h>

#include "gemm/unroll.h"
#include "ops/common/lanes_avx512.h"
#include "ops/softmax/softmax_rows.h"

namespace lockstep::kernels {
namespace {

constexpr int kParts = 16;  // of the table, in registers

struct Table {
  __m512i part[kParts];
};

// The entries for 16 indices below 256: eight permutations over 32 entries each, and the upper bits choose.
[[gnu::always_inline]] inline __m512i LookUp(const Table& table, __m512i index) {
  __m512i found[kParts / 2];
  Unroll<kParts / 2>(
      [&](auto i) { found[i] = _mm512_permutex2var_epi32(table.part[2 * i], index, table.part[2 * i + 1]); });
  const __mmask16 bit5 = _mm512_test_epi32_mask(index, _mm512_set1_epi32(32));
  const __mmask16 bit6 = _mm512_test_epi32_mask(index, _mm512_set1_epi32(64));
  const __mmask16 bit7 = _mm512_test_epi32_mask(index, _mm512_set1_epi32(128));
  Unroll<4>([&](auto i) { found[i] = _mm512_mask_blend_epi32(bit5, found[2 * i], found[2 * i + 1]); });
  Unroll<2>([&](auto i) { found[i] = _mm512_mask_blend_epi32(bit6, found[2 * i], found[2 * i + 1]); });
  return _mm512_mask_blend_epi32(bit7, found[0], found[1]);
}

// 255 minus the largest of a row.
int Complement(const uint8_t* x, int64_t length) {
  __m128i least = _mm_set1_epi8(-1);
  const __m128i ones = _mm_set1_epi8(-1);
  for (int64_t i = 0; i < length; i += kLanes512) {
    const __mmask16 valid = LanesOf512(length - i);
    const __m128i bytes = _mm_xor_si128(_mm_maskz_loadu_epi8(valid, x + i), ones);
    least = _mm_min_epu8(least, bytes);  // what is no element became 255
  }
  return _mm_cvtsi128_si32(_mm_minpos_epu16(_mm_min_epu8(least, _mm_srli_epi16(least, 8)))) & 0xff;
}

// min(high, (e * numerator + S / 2) / S) by the reciprocal of S in float64, exactly: with half a unit added to what is
// divided every quotient is at least 2^-33 away from the whole number above and below, for S has 32 bits, and four
// roundings of a number up to 2^17 are off by less than 2^-33. What is larger becomes `high` anyway.
struct Divider {
  __m512d numerator, half, reciprocal;
  __m512i high;

  [[gnu::always_inline]] __m256i DivideEight(__m256i e) const {
    const __m512d dividend = _mm512_add_pd(_mm512_mul_pd(_mm512_cvtepu32_pd(e), numerator), half);
    return _mm512_cvttpd_epi32(_mm512_min_pd(_mm512_mul_pd(dividend, reciprocal), _mm512_set1_pd(1 << 17)));
  }
  [[gnu::always_inline]] __m512i Divide(__m512i e) const {
    const __m256i low = DivideEight(_mm512_castsi512_si256(e));
    const __m256i upper = DivideEight(_mm512_extracti64x4_epi64(e, 1));
    return _mm512_min_epi32(_mm512_inserti64x4(_mm512_castsi256_si512(low), upper, 1), high);
  }
};

// The largest of a row of words.
uint32_t LargestWord(const uint16_t* x, int64_t length) {
  __m512i most = _mm512_setzero_si512();
  for (int64_t i = 0; i < length; i += kLanes512) {
    most = _mm512_max_epu32(most, _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(LanesOf512(length - i), x + i)));
  }
  return _mm512_reduce_max_epu32(most);
}

[[gnu::always_inline]] inline void StoreQuotients(__m512i quotients, bool words, int64_t i, __mmask16 valid,
                                                  uint8_t* y) {
  if (words) {
    _mm256_mask_storeu_epi16(y + 2 * i, valid, _mm512_cvtepi32_epi16(quotients));
  } else if (valid == 0xffff) {  // masked stores are slow
    _mm_storeu_si128(reinterpret_cast<__m128i*>(y + i), _mm512_cvtepi32_epi8(quotients));
  } else {
    _mm_mask_storeu_epi8(y + i, valid, _mm512_cvtepi32_epi8(quotients));
  }
}

[[gnu::always_inline]] inline void SetSum(uint32_t sum, Divider* divider) {
  divider->half = _mm512_set1_pd(static_cast<double>(sum / 2) + 0.5);
  divider->reciprocal = _mm512_set1_pd(1.0 / static_cast<double>(sum));
}

// Of 16 sums without signs, together below 2^32.
[[gnu::always_inline]] inline uint32_t SumOf(__m512i sums) {
  const __m512i low = _mm512_cvtepu32_epi64(_mm512_castsi512_si256(sums));
  const __m512i high = _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64(sums, 1));
  return static_cast<uint32_t>(_mm512_reduce_add_epi64(_mm512_add_epi64(low, high)));
}

void RunWords(const SoftmaxRows& rows, Divider divider) {
  const __m512i entries = _mm512_set1_epi32(static_cast<int>(rows.entries));
  for (int64_t row = 0; row < rows.count; ++row) {
    const auto* x = reinterpret_cast<const uint16_t*>(rows.x + row * rows.x_step);
    uint8_t* y = rows.y + row * rows.y_step;
    const __m512i top = _mm512_set1_epi32(static_cast<int>(LargestWord(x, rows.length)));
    const auto exponentials = [&](int64_t i, __mmask16 valid) __attribute__((always_inline)) {
      const __m512i values = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(valid, x + i));
      const __m512i index = _mm512_sub_epi32(top, values);
      const __mmask16 there = _mm512_mask_cmplt_epu32_mask(valid, index, entries);
      return _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), there, index, rows.table, 4);
    };
    __m512i sums = _mm512_setzero_si512();
    for (int64_t i = 0; i < rows.length; i += kLanes512) {
      sums = _mm512_add_epi32(sums, exponentials(i, LanesOf512(rows.length - i)));
    }
    SetSum(SumOf(sums), &divider);
    for (int64_t i = 0; i < rows.length; i += kLanes512) {
      const __mmask16 valid = LanesOf512(rows.length - i);
      StoreQuotients(divider.Divide(exponentials(i, valid)), rows.words, i, valid, y);
    }
  }
}

}  // namespace

void SoftmaxRows512(const SoftmaxRows& rows) {
  Divider divider;
  divider.numerator = _mm512_set1_pd(rows.numerator);
  divider.high = _mm512_set1_epi32(static_cast<int>(rows.high));
  if (rows.wide) return RunWords(rows, divider);
  Table table;
  Unroll<kParts>([&](auto i) { table.part[i] = _mm512_loadu_si512(rows.table + i * kLanes512); });
  const __m512i all = _mm512_set1_epi32(255);
  for (int64_t row = 0; row < rows.count; ++row) {
    const uint8_t* x = rows.x + row * rows.x_step;
    uint8_t* y = rows.y + row * rows.y_step;
    const __m512i top = _mm512_sub_epi32(all, _mm512_set1_epi32(Complement(x, rows.length)));
    const auto exponentials = [&](int64_t i, __mmask16 valid) __attribute__((always_inline)) {
      const __m512i values = _mm512_cvtepu8_epi32(_mm_maskz_loadu_epi8(valid, x + i));
      return _mm512_maskz_mov_epi32(valid, LookUp(table, _mm512_sub_epi32(top, values)));
    };
    __m512i e = exponentials(0, LanesOf512(rows.length));
    __m512i sums = e;
    for (int64_t i = kLanes512; i < rows.length; i += kLanes512) {
      sums = _mm512_add_epi32(sums, exponentials(i, LanesOf512(rows.length - i)));
    }
    SetSum(SumOf(sums), &divider);
    for (int64_t i = 0; i < rows.length; i += kLanes512) {
      const __mmask16 valid = LanesOf512(rows.length - i);
      if (i > 0) e = exponentials(i, valid);
      StoreQuotients(divider.Divide(e), rows.words, i, valid, y);
    }
  }
}

}  // namespace lockstep::kernels
