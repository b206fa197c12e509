// The rows of an AveragePool for kernels of an instruction set, which sum lines.
#pragma once

#include "ops/average_pool/average_pool.h"
#include "ops/common/image_row.h"
#include "ops/common/line_sums.h"
#include "ops/common/window_span.h"

namespace lockstep::kernels {

inline void AverageLines(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch, SumRowsFunction* sum_rows,
                         SumPixelsFunction* sum_pixels) {
  const joint::AveragePool& pool = *args.layer->options_as_AveragePool();
  const TensorView& x = args.inputs[0];
  const TensorView& y = args.outputs[0];
  const int64_t size = ElementBytes(x.dtype);
  const int64_t out_step = y.pitch * ElementBytes(y.dtype);
  const int64_t kernel_h = pool.kernel_h();
  const int64_t kernel_w = pool.kernel_w();
  const int64_t stride_w = pool.stride_w();
  const int64_t pad_left = pool.pad_left();
  const int32_t* multiplier = pool.multiplier()->data();
  const int8_t* shift = pool.shift()->data();
  const bool by_count = pool.multiplier()->size() > 1;
  const ImageRow row_of(x);
  auto* columns = reinterpret_cast<int32_t*>(scratch);
  RowsToSum lines{};
  lines.step = static_cast<ptrdiff_t>(row_of.step * size);
  lines.wide = size == 2;
  PixelsToSum pixels{};
  const int32_t none = 0;
  pixels.first = &none;
  pixels.pixels = 1;
  pixels.count = x.shape[3];
  pixels.zero_point = y.zero_point;
  pixels.low = pool.clamp_low();
  pixels.high = pool.clamp_high();
  pixels.wide_y = y.dtype == joint::DType::U16;
  for (int64_t unit = begin; unit < end; ++unit) {
    const WindowSpan rows = WindowWithin(unit % y.shape[1] * pool.stride_h() - pool.pad_top(), kernel_h, x.shape[1]);
    lines.taps = static_cast<int32_t>(rows.size());
    const int64_t first = (unit / y.shape[1] * x.shape[1] + rows.first) * row_of.step;
    row_of.ForEachPiece([&](int64_t from, int64_t to, int64_t count) {
      lines.x = x.data + (first + from) * size;
      lines.count = static_cast<ptrdiff_t>(count);
      lines.to = columns + to;
      sum_rows(lines);
    });
    pixels.y = y.data + unit * y.shape[2] * out_step;
    for (int64_t column = 0; column < y.shape[2]; ++column, pixels.y += out_step) {
      const WindowSpan window = WindowWithin(column * stride_w - pad_left, kernel_w, x.shape[2]);
      pixels.taps = static_cast<int32_t>(window.size());
      pixels.sums = columns + window.first * x.shape[3];
      const auto count = static_cast<int32_t>(rows.size() * window.size());
      const int32_t entry = by_count ? count - 1 : 0;
      pixels.start = -count * x.zero_point;
      pixels.multiplier = multiplier[entry];
      pixels.shift = shift[entry];
      sum_pixels(pixels);
    }
  }
}

}  // namespace lockstep::kernels
