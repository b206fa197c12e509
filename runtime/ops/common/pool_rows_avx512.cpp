// First over the rows of the windows, for all columns of the input, then over the columns of each window.
//
// Compiled for AVX-512: it must not use inline functions with external linkage.
#include <immintrin.h>

#include "arithmetic/requantize_avx512.h"
#include "ops/common/lanes_avx512.h"
#include "ops/common/pool_rows.h"

namespace lockstep::kernels {
namespace {

constexpr int64_t kBytes = 64;

__mmask64 BytesOf(int64_t left) { return left >= kBytes ? ~__mmask64{0} : (__mmask64{1} << left) - 1; }

void StoreBytes(uint8_t* to, __mmask64 valid, __m512i bytes) {
  if (valid == ~__mmask64{0}) {  // masked stores are slow
    _mm512_storeu_si512(to, bytes);
  } else {
    _mm512_mask_storeu_epi8(to, valid, bytes);
  }
}

// Input columns first .. last, those of a window within the input.
struct Window {
  int64_t first, last;
};

Window WindowOf(const PoolRow& row, int64_t x) {
  const int64_t start = x * row.stride_w - row.pad_left;
  const int64_t end = start + row.kernel_w;
  return {start > 0 ? start : 0, end < row.in_w ? end : row.in_w};
}

// visit(first byte of the row's first line, its place among the columns, elements) for what lies side by side.
template <typename Visit>
[[gnu::always_inline]] inline void ForEachPiece(const PoolRow& row, Visit visit) {
  if (row.pixel_step == row.channels * (row.wide ? 2 : 1)) {
    visit(row.from, int64_t{0}, int64_t{row.in_w} * row.channels);
    return;
  }
  for (int64_t x = 0; x < row.in_w; ++x) visit(row.from + x * row.pixel_step, x * row.channels, int64_t{row.channels});
}

template <bool kWide>
[[gnu::always_inline]] inline __m512i Larger(__m512i a, __m512i b) {
  if constexpr (kWide) {
    return _mm512_max_epu16(a, b);
  } else {
    return _mm512_max_epu8(a, b);
  }
}

// Of `count` lines, `step` bytes from one to the next.
template <bool kWide>
[[gnu::always_inline]] inline void LargestOf(const uint8_t* from, int64_t step, int64_t count, int64_t bytes,
                                             uint8_t* to) {
  int64_t i = 0;
  if (count == 3) {
    for (; i + kBytes <= bytes; i += kBytes) {
      const __m512i first = Larger<kWide>(_mm512_loadu_si512(from + i), _mm512_loadu_si512(from + i + step));
      _mm512_storeu_si512(to + i, Larger<kWide>(first, _mm512_loadu_si512(from + i + 2 * step)));
    }
  }
  for (; i < bytes; i += kBytes) {
    const __mmask64 valid = BytesOf(bytes - i);
    __m512i most = _mm512_maskz_loadu_epi8(valid, from + i);
    for (int64_t line = 1; line < count; ++line) {
      most = Larger<kWide>(most, _mm512_maskz_loadu_epi8(valid, from + line * step + i));
    }
    StoreBytes(to + i, valid, most);
  }
}

template <bool kWide>
void MaxRow(const PoolRow& row, uint8_t* columns) {
  constexpr int kSize = kWide ? 2 : 1;
  const int64_t pixel = int64_t{row.channels} * kSize;
  ForEachPiece(
      row, [&](const uint8_t* from, int64_t to, int64_t length) __attribute__((always_inline)) {
        LargestOf<kWide>(from, row.row_step, row.rows, length * kSize, columns + to * kSize);
      });
  for (int64_t x = 0; x < row.out_w; ++x) {
    const Window window = WindowOf(row, x);
    LargestOf<kWide>(columns + window.first * pixel, pixel, window.last - window.first, pixel, row.y + x * row.y_step);
  }
}

template <bool kWide, bool kWideY>
void AverageRow(const PoolRow& row, const PoolMeans& means, int32_t* columns) {
  ForEachPiece(
      row, [&](const uint8_t* from, int64_t to, int64_t length) __attribute__((always_inline)) {
        for (int64_t i = 0; i < length; i += kLanes512) {
          const __mmask16 valid = LanesOf512(length - i);
          __m512i sum = _mm512_setzero_si512();
          for (int64_t r = 0; r < row.rows; ++r) {
            sum = _mm512_add_epi32(sum, LoadLanes512<kWide>(from + r * row.row_step, i, valid));
          }
          _mm512_mask_storeu_epi32(columns + to + i, valid, sum);
        }
      });
  const OutputLimits limits = {means.zero_point, means.low, means.high};
  const __m512i low = _mm512_set1_epi32(means.low);
  const __m512i high = _mm512_set1_epi32(means.high);
  for (int64_t x = 0; x < row.out_w; ++x) {
    const Window window = WindowOf(row, x);
    const auto count = static_cast<int32_t>((window.last - window.first) * row.rows);
    const int32_t entry = means.by_count ? count - 1 : 0;
    const int shift = means.shift[entry];
    const bool high_words = HighWordsDo(means.zero_point, shift, shift);
    const Requantizer512 requantizer = MakeRequantizer512(_mm512_set1_epi32(means.multiplier[entry]),
                                                          _mm512_set1_epi32(shift), means.zero_point, high_words);
    const __m512i offset = _mm512_set1_epi32(count * means.in_zero_point);
    const int32_t* from = columns + window.first * row.channels;
    for (int64_t i = 0; i < row.channels; i += kLanes512) {
      const __mmask16 valid = LanesOf512(row.channels - i);
      __m512i sum = _mm512_maskz_loadu_epi32(valid, from + i);
      for (int64_t column = 1; column < window.last - window.first; ++column) {
        sum = _mm512_add_epi32(sum, _mm512_maskz_loadu_epi32(valid, from + column * row.channels + i));
      }
      __m512i value = Requantize512(requantizer, limits, high_words, _mm512_sub_epi32(sum, offset));
      value = _mm512_min_epi32(_mm512_max_epi32(value, low), high);
      StoreLanes512<kWideY>(row.y + x * row.y_step, i, valid, value);
    }
  }
}

}  // namespace

void MaxPoolRow512(const PoolRow& row, uint8_t* columns) {
  row.wide ? MaxRow<true>(row, columns) : MaxRow<false>(row, columns);
}

void AveragePoolRow512(const PoolRow& row, const PoolMeans& means, int32_t* columns) {
  if (row.wide) {
    row.wide_y ? AverageRow<true, true>(row, means, columns) : AverageRow<true, false>(row, means, columns);
  } else {
    row.wide_y ? AverageRow<false, true>(row, means, columns) : AverageRow<false, false>(row, means, columns);
  }
}

}  // namespace lockstep::kernels
