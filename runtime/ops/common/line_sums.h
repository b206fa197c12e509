// Weighted sums of neighbouring rows, and then of neighbouring pixels, for kernels of an instruction set: what
// AveragePool and Interpolate are made of.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lockstep::kernels {

// Sums lie side by side in scratch, which has room for so many more bytes behind them.
inline constexpr int64_t kLineSlack = 64;

// to[i] = weights[0] * (x[i] - zero_point) + weights[1] * (x[i + step] - zero_point) + ...; without weights all are 1.
struct RowsToSum {
  const uint8_t* x;
  ptrdiff_t step;  // bytes
  bool wide;       // u16
  int32_t taps;
  const int32_t* weights;
  int32_t zero_point;
  ptrdiff_t count;
  int32_t* to;
};

// For pixel after pixel, with `taps` weights each:
// y[i] = clamp(zero_point + rq(start + weights[0] * sums[i] + weights[1] * sums[i + count] + ...))
struct PixelsToSum {
  const int32_t* sums;
  const int32_t* first;  // the first pixel of the sums that each reads
  ptrdiff_t pixels;
  int32_t taps;
  const int32_t* weights;
  bool wide_sums;  // more than 32 bits; shift is kLongShift or more
  int32_t start;
  ptrdiff_t count;  // of a pixel's elements
  int32_t multiplier, shift, zero_point, low, high;
  uint8_t* y;
  ptrdiff_t y_step;  // bytes
  bool wide_y;
};

using SumRowsFunction = void(const RowsToSum& rows);
using SumPixelsFunction = void(const PixelsToSum& pixels);

// One of each for an instruction set: compiled where LOCKSTEP_KERNELS_<SET> says so.
SumRowsFunction SumRowsNeon;
SumPixelsFunction SumPixelsNeon;
SumRowsFunction SumRowsMsa;
SumPixelsFunction SumPixelsMsa;

}  // namespace lockstep::kernels
