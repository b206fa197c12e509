// Sixteen columns at a time: two rows of b become words in turn, which meet two differences each of up to six rows of
// a. What the zero point of b adds is the row's sum of differences.
//
// Compiled for AVX2: it must not use inline functions with external linkage.
#include <immintrin.h>

#include <cstring>

#include "arithmetic/requantize_avx2.h"
#include "gemm/multiply_avx2.h"
#include "gemm/unroll.h"
#include "ops/mat_mul/mat_mul_rows.h"

namespace lockstep::kernels {
namespace {

constexpr int kColumns = 16;
constexpr int kRows = 6;
constexpr int kMostRows = 48;
constexpr int kDepth = 256;  // at a time
constexpr ptrdiff_t kPairBytes = 64;

// A few rows of a, and of b what a block of columns has of them.
struct Memory {
  alignas(32) int16_t left[kMostRows][kDepth];
  alignas(32) uint8_t right[kDepth / 2 * kPairBytes];  // [pair][16][2]
  int32_t start[kMostRows];
  alignas(32) int32_t sums[kMostRows][kColumns];  // of the depth before
};

struct Block {
  ptrdiff_t column;  // the first of 16, of which the matrix may have fewer
  ptrdiff_t count;
  ByteRequantizer256 requantizer;
  bool in_bytes;
};

__m128i LoadColumns(const uint8_t* from, ptrdiff_t count) {
  if (count == kColumns) return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  alignas(16) uint8_t few[kColumns] = {};
  std::memcpy(few, from, static_cast<size_t>(count));
  return _mm_load_si128(reinterpret_cast<const __m128i*>(few));
}

// `depth` rows of b.
void WidenColumns(const uint8_t* b, ptrdiff_t columns, ptrdiff_t count, ptrdiff_t depth, uint8_t* to) {
  for (ptrdiff_t k = 0; k < depth; k += 2, b += 2 * columns, to += kPairBytes) {
    const __m128i first = LoadColumns(b, count);
    const __m128i second = k + 1 < depth ? LoadColumns(b + columns, count) : _mm_setzero_si128();
    auto* const words = reinterpret_cast<__m256i*>(to);
    _mm256_store_si256(words, _mm256_cvtepu8_epi16(_mm_unpacklo_epi8(first, second)));
    _mm256_store_si256(words + 1, _mm256_cvtepu8_epi16(_mm_unpackhi_epi8(first, second)));
  }
}

// The differences of a row and a 0 behind them, and their sum.
int32_t WidenRow(const uint8_t* a, ptrdiff_t depth, int32_t zero_point, int16_t* to) {
  const __m256i zero = _mm256_set1_epi16(static_cast<int16_t>(zero_point));
  __m256i sums = _mm256_setzero_si256();
  ptrdiff_t k = 0;
  for (; k + kColumns <= depth; k += kColumns) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(a + k));
    const __m256i words = _mm256_sub_epi16(_mm256_cvtepu8_epi16(bytes), zero);
    sums = _mm256_add_epi32(sums, _mm256_madd_epi16(words, _mm256_set1_epi16(1)));
    _mm256_store_si256(reinterpret_cast<__m256i*>(to + k), words);
  }
  alignas(32) int32_t parts[8];
  _mm256_store_si256(reinterpret_cast<__m256i*>(parts), sums);
  int32_t sum = 0;
  for (const int32_t part : parts) sum += part;
  for (; k < depth; ++k) {
    const int32_t difference = a[k] - zero_point;
    to[k] = static_cast<int16_t>(difference);
    sum += difference;
  }
  if (k < kDepth) to[k] = 0;
  return sum;
}

// Any shift, outputs of two bytes, or fewer than sixteen columns.
[[gnu::noinline]] void StoreRare(const MatMulRows& rows, const Block& block, const SixteenSums& sums, ptrdiff_t row) {
  alignas(32) int32_t values[kColumns];
  _mm256_store_si256(reinterpret_cast<__m256i*>(values), sums.first);
  _mm256_store_si256(reinterpret_cast<__m256i*>(values) + 1, sums.second);
  for (ptrdiff_t i = 0; i < block.count; ++i) {
    const int64_t product = int64_t{values[i]} * rows.multiplier;
    int64_t value = rows.zero_point + ((product + (int64_t{1} << (30 + rows.shift))) >> (31 + rows.shift));
    value = value < rows.low ? rows.low : value;
    value = value > rows.high ? rows.high : value;
    const ptrdiff_t at = row * rows.columns + block.column + i;
    if (rows.wide_y) {
      reinterpret_cast<uint16_t*>(rows.y)[at] = static_cast<uint16_t>(value);
    } else {
      rows.y[at] = static_cast<uint8_t>(value);
    }
  }
}

// kCount rows from `row` on of those in memory, `depth` rows of b from `k` on.
template <int kCount>
[[gnu::noinline]] void RunRows(const MatMulRows& rows, const Block& block, ptrdiff_t k, ptrdiff_t depth, ptrdiff_t row,
                               Memory* memory) {
  SixteenSums acc[kCount];
  Unroll<kCount>([&](auto r) {
    const __m256i start = _mm256_set1_epi32(memory->start[row + r]);
    const int32_t* sums = memory->sums[row + r];
    acc[r] = k == 0 ? SixteenSums{start, start}
                    : SixteenSums{_mm256_add_epi32(start, Load256(sums)), _mm256_add_epi32(start, Load256(sums + 8))};
  });
  const int16_t* left = memory->left[row];
  const uint8_t* right = memory->right;
  for (ptrdiff_t pairs = (depth + 1) / 2; pairs > 0; --pairs, left += 2, right += kPairBytes) {
    const __m256i first = Load256(right);
    const __m256i second = Load256(right + kPairBytes / 2);
    Unroll<kCount>([&](auto r) { acc[r] = AddProducts256(acc[r], left + r * kDepth, first, second); });
  }
  if (k + depth < rows.depth) {
    Unroll<kCount>([&](auto r) {
      auto* const sums = reinterpret_cast<__m256i*>(memory->sums[row + r]);
      _mm256_store_si256(sums, acc[r].first);
      _mm256_store_si256(sums + 1, acc[r].second);
    });
    return;
  }
  if (!block.in_bytes) {
    SixteenSums sums[kCount];
    Unroll<kCount>([&](auto r) { sums[r] = acc[r]; });
    for (ptrdiff_t r = 0; r < kCount; ++r) StoreRare(rows, block, sums[r], row + r);
    return;
  }
  const __m256i low = _mm256_set1_epi8(static_cast<char>(rows.low));
  const __m256i high = _mm256_set1_epi8(static_cast<char>(rows.high));
  Unroll<(kCount + 1) / 2>([&](auto pair) {
    constexpr int kFirst = 2 * pair;
    constexpr int kSecond = kFirst + 1 < kCount ? kFirst + 1 : kFirst;
    const __m256i bytes =
        _mm256_min_epu8(_mm256_max_epu8(RequantizeTwo256(block.requantizer, acc[kFirst], acc[kSecond]), low), high);
    uint8_t* to = rows.y + (row + kFirst) * rows.columns + block.column;
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm256_castsi256_si128(bytes));
    if constexpr (kSecond != kFirst) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to + rows.columns), _mm256_extracti128_si256(bytes, 1));
    }
  });
}

// At most kMostRows.
void MultiplyRows(const MatMulRows& rows, Block* block, Memory* memory) {
  for (ptrdiff_t column = 0; column < rows.columns; column += kColumns) {
    // The last block has some columns once more instead of fewer.
    const bool ends = rows.columns >= kColumns && column + kColumns > rows.columns;
    block->column = ends ? rows.columns - kColumns : column;
    block->count = rows.columns < kColumns ? rows.columns : kColumns;
    for (ptrdiff_t k = 0; k < rows.depth; k += kDepth) {
      const ptrdiff_t depth = k + kDepth < rows.depth ? kDepth : rows.depth - k;
      if (column == 0 || rows.depth > kDepth) {
        for (ptrdiff_t row = 0; row < rows.rows; ++row) {
          memory->start[row] =
              -rows.zero_b * WidenRow(rows.a + row * rows.depth + k, depth, rows.zero_a, memory->left[row]);
        }
      }
      WidenColumns(rows.b + k * rows.columns + block->column, rows.columns, block->count, depth, memory->right);
      if (rows.rows < kRows) {
        for (ptrdiff_t row = 0; row < rows.rows; ++row) RunRows<1>(rows, *block, k, depth, row, memory);
        continue;
      }
      ptrdiff_t row = 0;
      for (; row + kRows <= rows.rows; row += kRows) RunRows<kRows>(rows, *block, k, depth, row, memory);
      for (; row < rows.rows; ++row) RunRows<1>(rows, *block, k, depth, row, memory);
    }
  }
}

}  // namespace

void MultiplyBytesAvx2(const MatMulRows& rows) {
  Block block;
  block.in_bytes = !rows.wide_y && rows.columns >= kColumns && HighWordsDo256(rows.zero_point, rows.shift, rows.shift);
  const Requantizer256 requantizer =
      MakeRequantizer256(_mm256_set1_epi32(rows.multiplier), _mm256_set1_epi32(rows.shift), rows.zero_point);
  block.requantizer = {{requantizer, requantizer}};
  Memory memory;
  MatMulRows part = rows;
  for (ptrdiff_t row = 0; row < rows.rows; row += kMostRows) {
    part.a = rows.a + row * rows.depth;
    part.y = rows.y + row * rows.columns * (rows.wide_y ? 2 : 1);
    part.rows = rows.rows - row < kMostRows ? rows.rows - row : kMostRows;
    MultiplyRows(part, &block, &memory);
  }
}

}  // namespace lockstep::kernels
