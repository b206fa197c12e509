// 64 columns at a time: four rows of b, less 128, are interleaved in registers and meet four elements each of up to six
// rows of a. What the zero points add is sums of rows and of columns.
//
// Only this file and mat_mul_words_avx512.cpp are compiled for AVX-512. They must not use inline functions with
// external linkage: the linker might keep its copy of one for a CPU without these instructions.
#include <immintrin.h>

#include <cstring>

#include "arithmetic/requantize_avx512.h"
#include "gemm/dot_product_avx512.h"
#include "gemm/unroll.h"
#include "ops/mat_mul/mat_mul_rows.h"

namespace lockstep::kernels {
namespace {

constexpr int kColumns = 64;
constexpr int kVectors = 4;
constexpr int kRows = 6;
constexpr int32_t kOffset = 128;

// Of column 16 * i + 4 * j + k what lies in vector j, dword 4 * i + k.
struct Quad {
  __m512i part[kVectors];
};

struct Block {
  int64_t first;
  __mmask64 columns;
  bool high_words;
  OutputLimits limits;
  Requantizer512 requantizer;
  Quad starts;  // what the columns' sums add
};

[[gnu::always_inline]] inline Quad InterleaveLines(const __m512i* lines) {
  const __m512i a = _mm512_unpacklo_epi8(lines[0], lines[1]);
  const __m512i c = _mm512_unpackhi_epi8(lines[0], lines[1]);
  const __m512i d = _mm512_unpacklo_epi8(lines[2], lines[3]);
  const __m512i e = _mm512_unpackhi_epi8(lines[2], lines[3]);
  return {{_mm512_unpacklo_epi16(a, d), _mm512_unpackhi_epi16(a, d), _mm512_unpacklo_epi16(c, e),
           _mm512_unpackhi_epi16(c, e)}};
}

[[gnu::always_inline]] inline __m512i LoadLine(const uint8_t* b, __mmask64 columns) {
  return _mm512_xor_si512(_mm512_maskz_loadu_epi8(columns, b), _mm512_set1_epi8(-128));
}

// Four rows of b.
[[gnu::always_inline]] inline Quad LoadQuad(const MatMulRows& rows, const uint8_t* b, __mmask64 columns) {
  __m512i lines[4];
  Unroll<4>([&](auto i) { lines[i] = LoadLine(b + i * rows.columns, columns); });
  return InterleaveLines(lines);
}

// The last rows of b, less than four; the others are 0.
[[gnu::noinline]] void LoadLastQuad(const MatMulRows& rows, const uint8_t* b, int64_t count, __mmask64 columns,
                                    Quad* quad) {
  __m512i lines[4];
  for (int64_t i = 0; i < 4; ++i) {
    lines[i] = i < count ? LoadLine(b + i * rows.columns, columns) : _mm512_setzero_si512();
  }
  *quad = InterleaveLines(lines);
}

[[gnu::noinline]] Quad ColumnSums(const MatMulRows& rows, const uint8_t* b, __mmask64 columns) {
  Quad sums;
  Unroll<kVectors>([&](auto j) { sums.part[j] = _mm512_setzero_si512(); });
  for (int64_t k = 0; k < rows.depth; k += 4) {
    Quad quad;
    if (k + 4 <= rows.depth) {
      quad = LoadQuad(rows, b + k * rows.columns, columns);
    } else {
      LoadLastQuad(rows, b + k * rows.columns, rows.depth - k, columns, &quad);
    }
    Unroll<kVectors>([&](auto j) { sums.part[j] = DotProduct(sums.part[j], _mm512_set1_epi8(1), quad.part[j]); });
  }
  return sums;
}

[[gnu::noinline]] int32_t RowSum(const uint8_t* a, int64_t depth) {
  int32_t sum = 0;
  for (int64_t k = 0; k < depth; ++k) sum += a[k];
  return sum;
}

[[gnu::noinline]] int32_t LastQuad(const uint8_t* a, int64_t count) {
  uint32_t quad = 0;
  for (int64_t i = 0; i < count; ++i) quad |= uint32_t{a[i]} << (8 * i);
  return static_cast<int32_t>(quad);
}

[[gnu::noinline]] void StoreRow(const MatMulRows& rows, const Block& block, const __m512i* acc, int64_t row) {
  __m512i values[kVectors];
  for (int j = 0; j < kVectors; ++j) {
    values[j] = Requantize512(block.requantizer, block.limits, block.high_words, acc[j]);
  }
  const int64_t at = row * rows.columns + block.first;
  if (rows.wide_y) {
    const __m512i low = _mm512_set1_epi16(static_cast<int16_t>(rows.low));
    const __m512i high = _mm512_set1_epi16(static_cast<int16_t>(rows.high));
    const __m512i even = _mm512_packus_epi32(values[0], values[1]);  // eight of sixteen columns
    const __m512i odd = _mm512_packus_epi32(values[2], values[3]);
    const __m512i first = _mm512_permutex2var_epi64(even, _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), odd);
    const __m512i second = _mm512_permutex2var_epi64(even, _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15), odd);
    auto* to = reinterpret_cast<uint16_t*>(rows.y) + at;
    _mm512_mask_storeu_epi16(to, static_cast<__mmask32>(block.columns),
                             _mm512_min_epu16(_mm512_max_epu16(first, low), high));
    _mm512_mask_storeu_epi16(to + 32, static_cast<__mmask32>(block.columns >> 32),
                             _mm512_min_epu16(_mm512_max_epu16(second, low), high));
    return;
  }
  const __m512i low = _mm512_set1_epi8(static_cast<char>(rows.low));
  const __m512i high = _mm512_set1_epi8(static_cast<char>(rows.high));
  const __m512i bytes =
      _mm512_packus_epi16(_mm512_packs_epi32(values[0], values[1]), _mm512_packs_epi32(values[2], values[3]));
  _mm512_mask_storeu_epi8(rows.y + at, block.columns, _mm512_min_epu8(_mm512_max_epu8(bytes, low), high));
}

template <int kCount>
[[gnu::noinline]] void RunRows(const MatMulRows& rows, const Block& block, int64_t row) {
  const uint8_t* a[kCount];
  __m512i acc[kCount][kVectors];
  Unroll<kCount>([&](auto r) {
    a[r] = rows.a + (row + r) * rows.depth;
    const int32_t by_row = (kOffset - rows.zero_b) * RowSum(a[r], rows.depth);
    Unroll<kVectors>([&](auto j) { acc[r][j] = _mm512_add_epi32(block.starts.part[j], _mm512_set1_epi32(by_row)); });
  });
  const uint8_t* b = rows.b + block.first;
  const int64_t whole = rows.depth / 4 * 4;
  for (int64_t k = 0; k < whole; k += 4, b += 4 * rows.columns) {
    const Quad quad = LoadQuad(rows, b, block.columns);
    Unroll<kCount>([&](auto r) {
      int32_t elements;
      std::memcpy(&elements, a[r] + k, sizeof elements);
      const __m512i x = _mm512_set1_epi32(elements);
      Unroll<kVectors>([&](auto j) { acc[r][j] = DotProduct(acc[r][j], x, quad.part[j]); });
    });
  }
  if (whole < rows.depth) {
    Quad quad;
    LoadLastQuad(rows, b, rows.depth - whole, block.columns, &quad);
    Unroll<kCount>([&](auto r) {
      const __m512i x = _mm512_set1_epi32(LastQuad(a[r] + whole, rows.depth - whole));
      Unroll<kVectors>([&](auto j) { acc[r][j] = DotProduct(acc[r][j], x, quad.part[j]); });
    });
  }
  Unroll<kCount>([&](auto r) {
    __m512i sums[kVectors];
    Unroll<kVectors>([&](auto j) { sums[j] = acc[r][j]; });
    StoreRow(rows, block, sums, row + r);
  });
}

}  // namespace

void MultiplyBytes512(const MatMulRows& rows) {
  Block block;
  block.limits = {rows.zero_point, rows.low, rows.high};
  block.high_words = HighWordsDo(rows.zero_point, rows.shift, rows.shift);
  block.requantizer = MakeRequantizer512(_mm512_set1_epi32(rows.multiplier), _mm512_set1_epi32(rows.shift),
                                         rows.zero_point, block.high_words);
  const int32_t all = static_cast<int32_t>(rows.depth) * -rows.zero_a * (kOffset - rows.zero_b);
  for (block.first = 0; block.first < rows.columns; block.first += kColumns) {
    const int64_t rest = rows.columns - block.first;
    block.columns = rest >= kColumns ? ~__mmask64{0} : (__mmask64{1} << rest) - 1;
    Unroll<kVectors>([&](auto j) { block.starts.part[j] = _mm512_set1_epi32(all); });
    if (rows.zero_a != 0) {
      const Quad sums = ColumnSums(rows, rows.b + block.first, block.columns);
      Unroll<kVectors>([&](auto j) {
        block.starts.part[j] =
            _mm512_sub_epi32(block.starts.part[j], _mm512_mullo_epi32(sums.part[j], _mm512_set1_epi32(rows.zero_a)));
      });
    }
    int64_t row = 0;
    for (; row + kRows <= rows.rows; row += kRows) RunRows<kRows>(rows, block, row);
    for (; row + 3 <= rows.rows; row += 3) RunRows<3>(rows, block, row);
    for (; row < rows.rows; ++row) RunRows<1>(rows, block, row);
  }
}

}  // namespace lockstep::kernels
