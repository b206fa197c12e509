#include <algorithm>

#include "ops/common/float_elements.h"
#include "ops/common/prepare.h"
#include "ops/conv/conv_f32.h"

namespace lockstep::kernels {
namespace {

// Outputs that lie side by side in one register, and a tile of pixels by channels whose accumulators fit into them.
#if defined(__SSE2__) || defined(__aarch64__) || defined(__mips_msa)
using Lanes = float __attribute__((vector_size(16), may_alias, aligned(4)));
constexpr int kLanes = 4;
constexpr int kTilePixels = 2;
constexpr int kTileVectors = 4;
#else
using Lanes = float;
constexpr int kLanes = 1;
constexpr int kTilePixels = 1;
constexpr int kTileVectors = 8;
#endif
constexpr int kTileChannels = kTileVectors * kLanes;
static_assert(kFloatBlockChannels % kTileChannels == 0);

// acc += x * w over ky, kx, channel for Pixels neighbouring output pixels and one tile of channels.
template <int Pixels>
void Accumulate(const FloatTaps& taps, int64_t pixel, const float* w, Lanes (&acc)[Pixels][kTileVectors]) {
  for (int64_t ky = 0; ky < taps.kernel_h; ++ky) {
    for (int64_t kx = 0; kx < taps.kernel_w; ++kx) {
      const float* x = taps.rows[ky] + pixel * taps.pixel_step + kx * taps.column_step;
      for (int64_t ic = 0; ic < taps.channels; ++ic, w += kFloatBlockChannels) {
#pragma GCC unroll 8
        for (int v = 0; v < kTileVectors; ++v) {
          const Lanes weights = *reinterpret_cast<const Lanes*>(w + int64_t{v} * kLanes);
#pragma GCC unroll 8
          for (int p = 0; p < Pixels; ++p) {
            acc[p][v] = acc[p][v] + x[p * taps.pixel_step + ic] * weights;
          }
        }
      }
    }
  }
}

template <int Pixels>
void RunTile(const FloatTaps& taps, int64_t pixel, const float* w, const float* bias, int64_t count, float* y,
             int64_t out_step) {
  float sums[kTileChannels] = {};
  std::copy_n(bias, count, sums);
  Lanes acc[Pixels][kTileVectors];
  for (int p = 0; p < Pixels; ++p) {
    for (int v = 0; v < kTileVectors; ++v) acc[p][v] = *reinterpret_cast<const Lanes*>(sums + int64_t{v} * kLanes);
  }
  Accumulate<Pixels>(taps, pixel, w, acc);
  for (int p = 0; p < Pixels; ++p) {
    for (int v = 0; v < kTileVectors; ++v) *reinterpret_cast<Lanes*>(sums + int64_t{v} * kLanes) = acc[p][v];
    for (int64_t i = 0; i < count; ++i) f1::Store(y + (pixel + p) * out_step + i, sums[i]);
  }
}

// Where row ky of the window lies for an output row, padded in `to` if it must be.
const float* PlaceRow(const FloatConvGeometry& g, const float* image, int64_t row, int64_t pad_left, float* to) {
  const bool inside = row >= 0 && row < g.in_h;
  image += row * g.in_w * g.in_step;
  if (inside && !g.padded) return image;
  float* end = to + g.row_pixels * g.in_c;
  if (!inside) {
    std::fill(to, end, 0.0F);
    return to;
  }
  float* first = to + std::min(pad_left, g.row_pixels) * g.in_c;
  const int64_t taken = std::min(g.in_w, std::max<int64_t>(0, g.row_pixels - pad_left));
  std::fill(to, first, 0.0F);
  if (g.in_step == g.in_c) {
    std::copy_n(image, taken * g.in_c, first);
  } else {
    for (int64_t x = 0; x < taken; ++x) std::copy_n(image + x * g.in_step, g.in_c, first + x * g.in_c);
  }
  std::fill(first + taken * g.in_c, end, 0.0F);
  return to;
}

// One tile of channels of a group along a row of output pixels.
void RunRow(const FloatTaps& taps, int64_t pixels, const float* w, const float* bias, int64_t count, float* y,
            int64_t out_step) {
  int64_t pixel = 0;
  for (; pixel + kTilePixels <= pixels; pixel += kTilePixels) {
    RunTile<kTilePixels>(taps, pixel, w, bias, count, y, out_step);
  }
  for (; pixel < pixels; ++pixel) RunTile<1>(taps, pixel, w, bias, count, y, out_step);
}

// Rows of a 1x1 convolution that are one longer row, up to a few tiles of pixels.
int64_t RowsTogether(const joint::Conv& o, const FloatConvGeometry& g) {
  constexpr int64_t kPixels = 48;
  const bool pointwise = g.kernel_h == 1 && g.kernel_w == 1 && o.stride_h() == 1 && o.stride_w() == 1 && !g.padded &&
                         g.in_h == g.out_h && g.in_w == g.out_w;
  return pointwise ? std::max<int64_t>(1, kPixels / g.out_w) : 1;
}

}  // namespace

void RunFloatConv(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch, FloatRow* run_row,
                  int64_t tile) {
  const joint::Conv& o = *args.layer->options_as_Conv();
  const FloatConvGeometry g = DescribeFloatConv(args);
  const int64_t row_floats = g.row_pixels * g.in_c;
  auto* padded = reinterpret_cast<float*>(scratch);
  auto* rows = reinterpret_cast<const float**>(scratch + Aligned(g.kernel_h * row_floats * int64_t{sizeof(float)}));
  const int64_t block_floats = g.kernel_h * g.kernel_w * g.group_in * kFloatBlockChannels;
  FloatTaps taps = {rows, g.kernel_h, g.kernel_w, o.dilation_w() * g.row_step, o.stride_w() * g.row_step, g.group_in};
  const int64_t together = RowsTogether(o, g);
  for (int64_t unit = begin; unit < end; unit += together) {
    const int64_t pixels = std::min(together, end - unit) * g.out_w;
    const float* image = Floats(args.inputs[0]) + unit / g.out_h * g.in_h * g.in_w * g.in_step;
    for (int64_t ky = 0; ky < g.kernel_h; ++ky) {
      const int64_t row = unit % g.out_h * o.stride_h() - o.pad_top() + ky * o.dilation_h();
      rows[ky] = PlaceRow(g, image, row, o.pad_left(), padded + ky * row_floats);
    }
    float* y = MutableFloats(args.outputs[0]) + unit * g.out_w * g.out_step;
    for (int64_t group = 0; group < g.groups; ++group) {
      for (int64_t channel = 0; channel < g.group_out; channel += tile) {
        const int64_t block = group * g.blocks + channel / kFloatBlockChannels;
        const float* w = Floats(args.inputs[1]) + block * block_floats + channel % kFloatBlockChannels;
        const int64_t out = group * g.group_out + channel;
        run_row(taps, pixels, w, Floats(args.inputs[2]) + out, std::min(tile, g.group_out - channel), y + out,
                g.out_step);
      }
      for (int64_t ky = 0; ky < g.kernel_h; ++ky) rows[ky] += g.group_in;
    }
  }
}

// A unit is one output row.
void conv_f32_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* scratch) {
  RunFloatConv(args, begin, end, scratch, RunRow, kTileChannels);
}

}  // namespace lockstep::kernels
