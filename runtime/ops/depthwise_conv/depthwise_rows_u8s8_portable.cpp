// For cores without a vector unit: a channel of an output row at a time, so that its weights and constants stay in
// registers. Padding is what is left out: sums are of x - zero point there.
#include <algorithm>
#include <cstddef>

#include "gemm/unroll.h"
#include "ops/common/byte_table.h"
#include "ops/common/requantize_column.h"
#include "ops/depthwise_conv/depthwise_rows.h"

#if defined(LOCKSTEP_KERNELS_SCALAR)

namespace lockstep::kernels {
namespace {

constexpr int kSide = 3;        // of the kernel whose weights have registers
constexpr int32_t kPiece = 64;  // outputs that are summed before they are requantised

// Taps [first, last) of `taps`, `dilation` apart from `start` on, lie in [0, extent).
struct Taps {
  Taps(int64_t start, int32_t taps, int32_t dilation, int32_t extent)
      : first(static_cast<int32_t>(start < 0 ? std::min<int64_t>(taps, (dilation - 1 - start) / dilation) : 0)),
        last(static_cast<int32_t>(start < extent ? std::min<int64_t>(taps, (extent - start + dilation - 1) / dilation)
                                                 : 0)) {
    last = std::max(first, last);
  }
  int32_t first, last;
};

// A channel of a row of outputs.
struct Channel {
  const uint8_t* x;  // of the window's first row and pixel 0, which may lie outside
  const int8_t* w;
  uint8_t* y;
  ptrdiff_t row_step, x_step, w_step, y_step;  // bytes from one row of the window, pixel, tap and output to the next
};

// Any output, whose window may reach beyond the image.
uint32_t SumOf(const DepthwiseLayer& layer, const Channel& channel, const Taps& rows, int64_t left, uint32_t start) {
  const Taps columns(left, layer.kernel_w, layer.dilation_w, layer.in_w);
  const ptrdiff_t tap_step = layer.dilation_w * channel.x_step;
  const int32_t zero_point = layer.in_zero_point;
  uint32_t sum = start;
  for (int32_t ky = rows.first; ky < rows.last; ++ky) {
    const uint8_t* x =
        channel.x + ky * channel.row_step + static_cast<ptrdiff_t>(left) * channel.x_step + columns.first * tap_step;
    const int8_t* w = channel.w + (ky * layer.kernel_w + columns.first) * channel.w_step;
    for (int32_t kx = columns.first; kx < columns.last; ++kx, x += tap_step, w += channel.w_step) {
      sum += static_cast<uint32_t>((*x - zero_point) * *w);
    }
  }
  return sum;
}

// So many outputs of a 3x3 kernel from `begin` on, whose windows lie within the image's columns.
[[gnu::noinline]] void SumsOf3x3(const DepthwiseLayer& layer, const Channel& channel, const Taps& rows, int32_t begin,
                                 int32_t count, uint32_t start, int32_t* sums) {
  int32_t w[kSide * kSide];
  const uint8_t* x[kSide];
  const ptrdiff_t left = static_cast<ptrdiff_t>(begin) * layer.stride_w - layer.pad_left;
  Unroll<kSide>([&](auto ky) {
    const bool inside = ky >= rows.first && ky < rows.last;
    x[ky] = channel.x + (inside ? ky : rows.first) * channel.row_step + left * channel.x_step;
    Unroll<kSide>([&](auto kx) {
      constexpr int kTap = ky * kSide + kx;
      w[kTap] = inside ? channel.w[kTap * channel.w_step] : 0;
      start -= static_cast<uint32_t>(w[kTap] * layer.in_zero_point);
    });
  });
  const ptrdiff_t tap_step = layer.dilation_w * channel.x_step;
  const ptrdiff_t step = layer.stride_w * channel.x_step - 2 * tap_step;
  for (const int32_t* const end = sums + count; sums != end; ++sums) {
    int64_t sum = 0;
    Unroll<kSide>([&](auto ky) {
      sum += static_cast<int64_t>(*x[ky]) * w[ky * kSide];
      x[ky] += tap_step;
      sum += static_cast<int64_t>(*x[ky]) * w[ky * kSide + 1];
      x[ky] += tap_step;
      sum += static_cast<int64_t>(*x[ky]) * w[ky * kSide + 2];
      x[ky] += step;
    });
#if defined(__mips__)
    __asm__("" : "+x"(sum));  // gcc knows no madd for a sum that it could narrow
#endif
    *sums = static_cast<int32_t>(static_cast<uint32_t>(sum) + start);
  }
}

void RunRow(const DepthwiseLayer& layer, int64_t unit) {
  const int64_t image = unit / layer.out_h;
  const int64_t top = unit % layer.out_h * layer.stride_h - layer.pad_top;
  const Taps rows(top, layer.kernel_h, layer.dilation_h, layer.in_h);
  // Outputs [inner, outer) have whole windows.
  const int32_t span = (layer.kernel_w - 1) * layer.dilation_w;
  int32_t inner = (layer.pad_left + layer.stride_w - 1) / layer.stride_w;
  int32_t outer = layer.in_w - span + layer.pad_left;
  outer = outer > 0 ? std::min((outer - 1) / layer.stride_w + 1, layer.out_w) : 0;
  if (layer.kernel_h != kSide || layer.kernel_w != kSide || rows.first == rows.last) inner = layer.out_w;
  const auto pitch = static_cast<ptrdiff_t>(layer.in_pitch);
  const ptrdiff_t image_row = layer.in_w * pitch;
  Channel channel{layer.input + static_cast<ptrdiff_t>(image * layer.in_h + top) * image_row,
                  layer.weights,
                  layer.output + unit * layer.out_w * layer.out_pitch,
                  layer.dilation_h * image_row,
                  pitch,
                  layer.channels,
                  static_cast<ptrdiff_t>(layer.out_pitch)};
  const int32_t taps = layer.kernel_h * layer.kernel_w;
  for (int32_t c = 0; c < layer.channels; ++c, ++channel.x, ++channel.w, ++channel.y) {
    int32_t weights = 0;
    for (int32_t tap = 0; tap < taps; ++tap) weights += channel.w[tap * channel.w_step];
    const uint32_t start =
        static_cast<uint32_t>(layer.acc_init[c]) + static_cast<uint32_t>(weights * layer.in_zero_point);
    const ChannelRequantization requantization = {layer.multiplier[c], layer.shift[c], layer.zero_point,
                                                  layer.low,           layer.high,     false};
    for (int32_t first = 0; first < layer.out_w; first += kPiece) {
      int32_t sums[kPiece];
      const int32_t count = std::min(kPiece, layer.out_w - first);
      for (int32_t i = 0; i < count; ++i) {
        const int32_t x = first + i;
        if (x >= inner && x < outer) {
          const int32_t whole = std::min(outer - x, count - i);
          SumsOf3x3(layer, channel, rows, x, whole, start, sums + i);
          i += whole - 1;
          continue;
        }
        const int64_t left = int64_t{x} * layer.stride_w - layer.pad_left;
        sums[i] = static_cast<int32_t>(SumOf(layer, channel, rows, left, start));
      }
      RequantizeColumn(requantization, sums, count, channel.y + first * channel.y_step, channel.y_step);
    }
  }
}

}  // namespace

void depthwise_rows_u8s8_portable(const DepthwiseLayer& layer, int64_t begin, int64_t end) {
  for (int64_t unit = begin; unit < end; ++unit) {
    RunRow(layer, unit);
    if (layer.table == nullptr) continue;
    uint8_t* y = layer.output + unit * layer.out_w * layer.out_pitch;
    ApplyTable(layer.table, {y, layer.channels, layer.out_w, layer.out_pitch});
  }
}

}  // namespace lockstep::kernels

#endif
