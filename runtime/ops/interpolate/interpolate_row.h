// An output row of an Interpolate as the kernels of an instruction set see it.
#pragma once

#include <cstdint>

namespace lockstep::kernels {

struct InterpolateRow {
  const uint8_t* from;           // the first of its input rows
  int64_t row_step, pixel_step;  // bytes
  int64_t in_w, channels;
  int64_t out_w;
  const int32_t* row_weights;  // row_taps of them
  int64_t row_taps;
  const int32_t* columns;         // the first input column of each output column
  const int32_t* column_weights;  // column_taps of each
  int64_t column_taps;
  void* sums;  // of the input rows: in_w * channels, of 32 bits, or of 64 for two-byte elements
  uint8_t* y;
  int64_t y_step;  // bytes from one pixel to the next
  bool wide_y;     // u16
  int32_t zero_in, multiplier, shift, zero_point, low, high;
};

void InterpolateRow512(const InterpolateRow& row);
void InterpolateWideRow512(const InterpolateRow& row);  // of two-byte elements; shifts from kLongShift to kMaxShift

}  // namespace lockstep::kernels
