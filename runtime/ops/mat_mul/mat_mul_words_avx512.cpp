// Sums of 64 bits, 32 columns at a time: vpdpwssd multiplies two elements of a column with those of up to four rows.
// Where both have two bytes those of a are taken apart, and their bytes have sums of their own. What an offset of 32768
// and the zero points add is sums of rows and of columns.
//
// Compiled for AVX-512; see mat_mul_bytes_avx512.cpp.
#include <immintrin.h>

#include <cstring>
#include <type_traits>

#include "arithmetic/requantize_avx512.h"
#include "gemm/dot_product_avx512.h"
#include "gemm/unroll.h"
#include "ops/mat_mul/mat_mul_rows.h"

namespace lockstep::kernels {
namespace {

constexpr int kColumns = 32;
constexpr int kRows = 4;
constexpr int64_t kDepth = 256;  // whose sums of products of 24 bits fit 32 bits
constexpr int kWide = 4;         // vectors of 64-bit sums of a row
constexpr int64_t kOffset = 1 << 15;

// Sums of 64 bits: of the even and the odd dwords of a WordPair's vectors.
struct WideSums {
  __m512i part[kWide];
};

struct Block {
  int64_t first;
  __mmask32 columns;
  OutputLimits limits;
  LongRequantizer512 requantizer;
  WideSums starts;  // what the columns' sums add
};

template <bool kWideB>
[[gnu::always_inline]] inline __m512i LoadLine(const MatMulRows& rows, int64_t at, __mmask32 columns) {
  if constexpr (kWideB) {
    const __m512i line = _mm512_maskz_loadu_epi16(columns, reinterpret_cast<const uint16_t*>(rows.b) + at);
    return _mm512_xor_si512(line, _mm512_set1_epi16(-0x8000));
  } else {
    return _mm512_cvtepu8_epi16(_mm256_maskz_loadu_epi8(columns, rows.b + at));
  }
}

// Rows k and k + 1 of b; of `rows.depth` rows the last one's neighbour is 0.
template <bool kWideB, bool kLast>
[[gnu::always_inline]] inline WordPair LoadPair(const MatMulRows& rows, const Block& block, int64_t k) {
  const int64_t at = k * rows.columns + block.first;
  return Interleave(LoadLine<kWideB>(rows, at, block.columns),
                    kLast ? _mm512_setzero_si512() : LoadLine<kWideB>(rows, at + rows.columns, block.columns));
}

// Elements k and k + 1 of a row of a, in every dword.
template <bool kWideA, bool kWideB, bool kLast>
[[gnu::always_inline]] inline __m512i LoadLeft(const uint8_t* a, int64_t k) {
  if constexpr (kWideA) {
    uint32_t pair = 0;
    std::memcpy(&pair, a + 2 * k, kLast ? 2 : 4);
    const __m512i x = _mm512_set1_epi32(static_cast<int32_t>(pair));
    return kWideB ? x : _mm512_xor_si512(x, _mm512_set1_epi16(-0x8000));
  } else {
    const uint32_t second = kLast ? 0 : a[k + 1];
    return _mm512_set1_epi32(static_cast<int32_t>(a[k] | second << 16));
  }
}

// + factor * sums
[[gnu::always_inline]] inline void AddWide(const WordPair& sums, int32_t factor, WideSums* to) {
  const __m512i times = _mm512_set1_epi64(factor);
  Unroll<2>([&](auto j) {
    to->part[2 * j] = _mm512_add_epi64(to->part[2 * j], _mm512_mul_epi32(sums.part[j], times));
    to->part[2 * j + 1] =
        _mm512_add_epi64(to->part[2 * j + 1], _mm512_mul_epi32(_mm512_srli_epi64(sums.part[j], 32), times));
  });
}

[[gnu::always_inline]] inline WordPair Zero() { return {{_mm512_setzero_si512(), _mm512_setzero_si512()}}; }

template <bool kWideB>
[[gnu::noinline]] WideSums ColumnSums(const MatMulRows& rows, const Block& block) {
  WideSums sums;
  Unroll<kWide>([&](auto i) { sums.part[i] = _mm512_setzero_si512(); });
  for (int64_t first = 0; first < rows.depth; first += kDepth) {
    const int64_t last = first + kDepth < rows.depth ? first + kDepth : rows.depth;
    WordPair some = Zero();
    const auto add = [&](const WordPair& pair) __attribute__((always_inline)) {
      Unroll<2>([&](auto j) { some.part[j] = AddProducts(some.part[j], _mm512_set1_epi16(1), pair.part[j]); });
    };
    int64_t k = first;
    for (; k + 1 < last; k += 2) add(LoadPair<kWideB, false>(rows, block, k));
    if (k < last) add(LoadPair<kWideB, true>(rows, block, k));
    AddWide(some, 1, &sums);
  }
  return sums;
}

[[gnu::noinline]] int64_t RowSum(const MatMulRows& rows, int64_t row) {
  int64_t sum = 0;
  if (rows.wide_a) {
    const auto* a = reinterpret_cast<const uint16_t*>(rows.a) + row * rows.depth;
    for (int64_t k = 0; k < rows.depth; ++k) sum += a[k];
  } else {
    const uint8_t* a = rows.a + row * rows.depth;
    for (int64_t k = 0; k < rows.depth; ++k) sum += a[k];
  }
  return sum;
}

[[gnu::noinline]] void StoreRow(const MatMulRows& rows, const Block& block, const WideSums& sums, int64_t row) {
  __m512i values[kWide];
  for (int i = 0; i < kWide; ++i) values[i] = RequantizeLong512(block.requantizer, block.limits, sums.part[i]);
  const __m512i words = _mm512_packus_epi32(_mm512_or_si512(values[0], _mm512_slli_epi64(values[1], 32)),
                                            _mm512_or_si512(values[2], _mm512_slli_epi64(values[3], 32)));
  const int64_t at = row * rows.columns + block.first;
  if (rows.wide_y) {
    _mm512_mask_storeu_epi16(reinterpret_cast<uint16_t*>(rows.y) + at, block.columns, words);
  } else {
    _mm256_mask_storeu_epi8(rows.y + at, block.columns, _mm512_cvtepi16_epi8(words));
  }
}

template <bool kWideA, bool kWideB, int kCount>
[[gnu::noinline]] void RunRows(const MatMulRows& rows, const Block& block, int64_t row) {
  constexpr int kSums = kWideA && kWideB ? 2 : 1;
  const uint8_t* a[kCount];
  WideSums sums[kCount];
  // What is multiplied are a + from_a and b + from_b.
  const int64_t from_a = (kWideA && !kWideB ? kOffset : 0) - rows.zero_a;
  const int64_t from_b = (kWideB ? kOffset : 0) - rows.zero_b;
  for (int r = 0; r < kCount; ++r) {
    a[r] = rows.a + (row + r) * rows.depth * (kWideA ? 2 : 1);
    const int64_t left = RowSum(rows, row + r) - (from_a + rows.zero_a) * rows.depth;
    const __m512i by_row = _mm512_set1_epi64(from_b * left + rows.depth * from_a * from_b);
    for (int i = 0; i < kWide; ++i) sums[r].part[i] = _mm512_add_epi64(block.starts.part[i], by_row);
  }
  for (int64_t first = 0; first < rows.depth; first += kDepth) {
    const int64_t last = first + kDepth < rows.depth ? first + kDepth : rows.depth;
    WordPair acc[kCount][kSums];
    Unroll<kCount>([&](auto r) { Unroll<kSums>([&](auto s) { acc[r][s] = Zero(); }); });
    const auto multiply = [&](int64_t k, auto is_last) __attribute__((always_inline)) {
      const WordPair pair = LoadPair<kWideB, is_last>(rows, block, k);
      Unroll<kCount>([&](auto r) {
        __m512i x[kSums];
        x[0] = LoadLeft<kWideA, kWideB, is_last>(a[r], k);
        if constexpr (kSums == 2) {
          x[1] = _mm512_srli_epi16(x[0], 8);
          x[0] = _mm512_and_si512(x[0], _mm512_set1_epi16(0xff));
        }
        Unroll<kSums>([&](auto s) {
          Unroll<2>([&](auto j) { acc[r][s].part[j] = AddProducts(acc[r][s].part[j], x[s], pair.part[j]); });
        });
      });
    };
    int64_t k = first;
    for (; k + 1 < last; k += 2) multiply(k, std::false_type());
    if (k < last) multiply(k, std::true_type());
    Unroll<kCount>([&](auto r) {
      AddWide(acc[r][0], 1, &sums[r]);
      if (kSums == 2) AddWide(acc[r][kSums - 1], 256, &sums[r]);
    });
  }
  for (int r = 0; r < kCount; ++r) StoreRow(rows, block, sums[r], row + r);
}

// What the columns' sums add: as many times as a's elements are off.
template <bool kWideA, bool kWideB>
void FillStarts(const MatMulRows& rows, Block* block) {
  const int64_t from_a = (kWideA && !kWideB ? kOffset : 0) - rows.zero_a;
  for (int i = 0; i < kWide; ++i) block->starts.part[i] = _mm512_setzero_si512();
  if (from_a == 0) return;
  const WideSums sums = ColumnSums<kWideB>(rows, *block);
  for (int i = 0; i < kWide; ++i) {
    int64_t lanes[8];
    _mm512_storeu_si512(lanes, sums.part[i]);
    for (int64_t& lane : lanes) lane *= from_a;
    block->starts.part[i] = _mm512_loadu_si512(lanes);
  }
}

template <bool kWideA, bool kWideB>
void Run(const MatMulRows& rows) {
  Block block;
  block.limits = {rows.zero_point, rows.low, rows.high};
  block.requantizer =
      MakeLongRequantizer512(_mm512_set1_epi64(rows.multiplier), _mm512_set1_epi64(rows.shift), rows.zero_point);
  for (block.first = 0; block.first < rows.columns; block.first += kColumns) {
    const int64_t rest = rows.columns - block.first;
    block.columns = rest >= kColumns ? ~__mmask32{0} : (__mmask32{1} << rest) - 1;
    FillStarts<kWideA, kWideB>(rows, &block);
    int64_t row = 0;
    for (; row + kRows <= rows.rows; row += kRows) RunRows<kWideA, kWideB, kRows>(rows, block, row);
    for (; row < rows.rows; ++row) RunRows<kWideA, kWideB, 1>(rows, block, row);
  }
}

}  // namespace

void MultiplyWords512(const MatMulRows& rows) {
  if (rows.wide_a) {
    if (rows.wide_b) return Run<true, true>(rows);
    return Run<true, false>(rows);
  }
  if (rows.wide_b) return Run<false, true>(rows);
  Run<false, false>(rows);
}

}  // namespace lockstep::kernels
