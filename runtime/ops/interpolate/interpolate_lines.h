// The rows of an Interpolate for kernels of an instruction set, which sum lines.
#pragma once

#include "ops/common/image_row.h"
#include "ops/common/line_sums.h"
#include "ops/interpolate/interpolate.h"

namespace lockstep::kernels {

inline void InterpolateLines(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch,
                             SumRowsFunction* sum_rows, SumPixelsFunction* sum_pixels) {
  const joint::Interpolate& o = *args.layer->options_as_Interpolate();
  const TensorView& x = args.inputs[0];
  const TensorView& y = args.outputs[0];
  const int64_t size = ElementBytes(x.dtype);
  const ImageRow row_of(x);
  auto* columns = reinterpret_cast<int32_t*>(scratch);
  RowsToSum lines{};
  lines.step = static_cast<ptrdiff_t>(row_of.step * size);
  lines.wide = size == 2;
  lines.taps = static_cast<int32_t>(o.row_weights()->size() / o.rows()->size());
  lines.zero_point = x.zero_point;
  PixelsToSum pixels{};
  pixels.sums = columns;
  pixels.first = o.columns()->data();
  pixels.pixels = y.shape[2];
  pixels.weights = o.column_weights()->data();
  pixels.y_step = static_cast<ptrdiff_t>(y.pitch * ElementBytes(y.dtype));
  pixels.taps = static_cast<int32_t>(o.column_weights()->size() / o.columns()->size());
  pixels.wide_sums = lines.wide;
  pixels.count = x.shape[3];
  pixels.multiplier = o.multiplier();
  pixels.shift = o.shift();
  pixels.zero_point = y.zero_point;
  pixels.low = o.clamp_low();
  pixels.high = o.clamp_high();
  pixels.wide_y = y.dtype == joint::DType::U16;
  for (int64_t unit = begin; unit < end; ++unit) {
    const int64_t row = unit % y.shape[1];
    lines.weights = o.row_weights()->data() + row * lines.taps;
    const int64_t first = (unit / y.shape[1] * x.shape[1] + o.rows()->data()[row]) * row_of.step;
    row_of.ForEachPiece([&](int64_t from, int64_t to, int64_t count) {
      lines.x = x.data + (first + from) * size;
      lines.count = static_cast<ptrdiff_t>(count);
      lines.to = columns + to;
      sum_rows(lines);
    });
    pixels.y = y.data + unit * y.shape[2] * pixels.y_step;
    sum_pixels(pixels);
  }
}

}  // namespace lockstep::kernels
