// First over the input rows, then over the columns. The loader checked that 32 bits hold the sums.
//
// Compiled for AVX-512: it must not use inline functions with external linkage.
#include <immintrin.h>

#include "arithmetic/requantize_avx512.h"
#include "ops/common/lanes_avx512.h"
#include "ops/interpolate/interpolate_row.h"

namespace lockstep::kernels {
namespace {

struct Finisher {
  OutputLimits limits;
  bool high_words;
  Requantizer512 requantizer;
  __m512i low, high;

  [[gnu::always_inline]] __m512i Finish(__m512i sum) const {
    const __m512i value = Requantize512(requantizer, limits, high_words, sum);
    return _mm512_min_epi32(_mm512_max_epi32(value, low), high);
  }
};

void WeighRows(const InterpolateRow& row, const uint8_t* from, int32_t* to, int64_t count) {
  const __m512i zero = _mm512_set1_epi32(row.zero_in);
  for (int64_t i = 0; i < count; i += kLanes512) {
    const __mmask16 valid = LanesOf512(count - i);
    __m512i sum = _mm512_setzero_si512();
    for (int64_t tap = 0; tap < row.row_taps; ++tap) {
      const __m512i x = _mm512_sub_epi32(LoadLanes512<false>(from + tap * row.row_step, i, valid), zero);
      sum = _mm512_add_epi32(sum, _mm512_mullo_epi32(x, _mm512_set1_epi32(row.row_weights[tap])));
    }
    _mm512_mask_storeu_epi32(to + i, valid, sum);
  }
}

template <bool kWideY>
void WeighColumns(const InterpolateRow& row, const Finisher& finisher) {
  for (int64_t x = 0; x < row.out_w; ++x) {
    const int32_t* from = static_cast<const int32_t*>(row.sums) + row.columns[x] * row.channels;
    const int32_t* weights = row.column_weights + x * row.column_taps;
    uint8_t* to = row.y + x * row.y_step;
    for (int64_t i = 0; i < row.channels; i += kLanes512) {
      const __mmask16 valid = LanesOf512(row.channels - i);
      __m512i sum = _mm512_setzero_si512();
      for (int64_t tap = 0; tap < row.column_taps; ++tap) {
        const __m512i t = _mm512_maskz_loadu_epi32(valid, from + tap * row.channels + i);
        sum = _mm512_add_epi32(sum, _mm512_mullo_epi32(t, _mm512_set1_epi32(weights[tap])));
      }
      StoreLanes512<kWideY>(to, i, valid, finisher.Finish(sum));
    }
  }
}

// One channel, its pixels side by side: 16 output pixels at a time.
template <bool kWideY>
void WeighPixels(const InterpolateRow& row, const Finisher& finisher) {
  const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const auto taps = static_cast<int32_t>(row.column_taps);
  const __m512i places = _mm512_mullo_epi32(lanes, _mm512_set1_epi32(taps));
  const __m512i zero = _mm512_setzero_si512();
  for (int64_t x = 0; x < row.out_w; x += kLanes512) {
    const __mmask16 valid = LanesOf512(row.out_w - x);
    const __m512i columns = _mm512_maskz_loadu_epi32(valid, row.columns + x);
    const int32_t* weights = row.column_weights + x * taps;
    __m512i sum = zero;
    for (int32_t tap = 0; tap < taps; ++tap) {
      const __m512i t =
          _mm512_mask_i32gather_epi32(zero, valid, columns, static_cast<const int32_t*>(row.sums) + tap, 4);
      const __m512i w = _mm512_mask_i32gather_epi32(zero, valid, places, weights + tap, 4);
      sum = _mm512_add_epi32(sum, _mm512_mullo_epi32(t, w));
    }
    StoreLanes512<kWideY>(row.y, x, valid, finisher.Finish(sum));
  }
}

template <bool kWideY>
void Weigh(const InterpolateRow& row, const Finisher& finisher) {
  if (row.channels == 1 && row.y_step == (kWideY ? 2 : 1)) return WeighPixels<kWideY>(row, finisher);
  WeighColumns<kWideY>(row, finisher);
}

}  // namespace

void InterpolateRow512(const InterpolateRow& row) {
  auto* sums = static_cast<int32_t*>(row.sums);
  if (row.pixel_step == row.channels) {
    WeighRows(row, row.from, sums, row.in_w * row.channels);
  } else {
    for (int64_t x = 0; x < row.in_w; ++x) {
      WeighRows(row, row.from + x * row.pixel_step, sums + x * row.channels, row.channels);
    }
  }
  Finisher finisher;
  finisher.limits = {row.zero_point, row.low, row.high};
  finisher.high_words = HighWordsDo(row.zero_point, row.shift, row.shift);
  finisher.requantizer = MakeRequantizer512(_mm512_set1_epi32(row.multiplier), _mm512_set1_epi32(row.shift),
                                            row.zero_point, finisher.high_words);
  finisher.low = _mm512_set1_epi32(row.low);
  finisher.high = _mm512_set1_epi32(row.high);
  row.wide_y ? Weigh<true>(row, finisher) : Weigh<false>(row, finisher);
}

}  // namespace lockstep::kernels
