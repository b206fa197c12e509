// Tiles of neighbouring output pixels of a depthwise convolution: where their windows lie, within the input or over its
// edges. The kernels do all blocks of channels of a tile before the next, so that rows are read as they lie.
#pragma once

#include <cstddef>

#include "ops/depthwise_conv/depthwise_blocks.h"
#include "ops/depthwise_conv/depthwise_rows.h"

namespace lockstep::kernels {
namespace {

template <int kPixels>
struct DepthwiseTile {
  const uint8_t* first[kPixels];  // the windows' first elements
  uint8_t* out[kPixels];
};

// Where windows reach over the input's edges: the element of every tap.
template <int kPixels>
struct DepthwiseEdges {
  const uint8_t* at[kMostDepthwiseTaps][kPixels];
};

// `padding`: a pixel of zero points.
template <int kPixels>
class DepthwiseTiles {
 public:
  DepthwiseTiles(const DepthwiseLayer& layer, const uint8_t* padding)
      : layer_(layer), padding_(padding), taps_(layer.kernel_h * layer.kernel_w) {
    for (int32_t tap = 0; tap < taps_; ++tap) {
      const int64_t row = int64_t{tap / layer.kernel_w} * layer.dilation_h;
      const int64_t column = int64_t{tap % layer.kernel_w} * layer.dilation_w;
      offsets_[tap] = static_cast<ptrdiff_t>((row * layer.in_w + column) * layer.in_pitch);
    }
  }

  int32_t taps() const { return taps_; }
  // Of a tap behind a window's first.
  const ptrdiff_t* offsets() const { return offsets_; }

  // kernel.Inside(tile) or kernel.AtEdge(tile, edges) for all of an output row.
  template <typename Kernel>
  void Run(int64_t unit, const Kernel& kernel) {
    const int32_t last = layer_.out_w - kPixels;
    for (int32_t x = 0; x < layer_.out_w; x += kPixels) {
      // The last tile does some pixels once more instead of fewer.
      RunTile(unit, x <= last || last < 0 ? x : last, kernel);
    }
  }

 private:
  template <typename Kernel>
  void RunTile(int64_t unit, int32_t x, const Kernel& kernel) {
    const int64_t image = unit / layer_.out_h * layer_.in_h;
    const int64_t top = unit % layer_.out_h * layer_.stride_h - layer_.pad_top;
    const int64_t bottom = top + int64_t{layer_.kernel_h - 1} * layer_.dilation_h;
    const int64_t left = int64_t{x} * layer_.stride_w - layer_.pad_left;
    const int64_t right =
        left + int64_t{kPixels - 1} * layer_.stride_w + int64_t{layer_.kernel_w - 1} * layer_.dilation_w;
    DepthwiseTile<kPixels> tile;
    for (int p = 0; p < kPixels; ++p) {
      // A row that is shorter than a tile ends with its last pixel several times.
      const int32_t pixel = x + p < layer_.out_w ? x + p : layer_.out_w - 1;
      tile.out[p] = layer_.output + (unit * layer_.out_w + pixel) * layer_.out_pitch;
    }
    if (top >= 0 && bottom < layer_.in_h && left >= 0 && right < layer_.in_w && kernel.WithinVectors()) {
      const uint8_t* first = layer_.input + ((image + top) * layer_.in_w + left) * layer_.in_pitch;
      for (int p = 0; p < kPixels; ++p) tile.first[p] = first + p * layer_.stride_w * layer_.in_pitch;
      kernel.Inside(tile);
      return;
    }
    for (int32_t tap = 0; tap < taps_; ++tap) {
      const int64_t row = top + int64_t{tap / layer_.kernel_w} * layer_.dilation_h;
      for (int p = 0; p < kPixels; ++p) {
        const int32_t pixel = x + p < layer_.out_w ? p : layer_.out_w - 1 - x;
        const int64_t column =
            left + int64_t{pixel} * layer_.stride_w + int64_t{tap % layer_.kernel_w} * layer_.dilation_w;
        const bool inside = row >= 0 && row < layer_.in_h && column >= 0 && column < layer_.in_w;
        const int64_t place = ((image + row) * layer_.in_w + column) * layer_.in_pitch;
        edges_.at[tap][p] = inside ? layer_.input + place : padding_;
      }
    }
    kernel.AtEdge(tile, edges_);
  }

  const DepthwiseLayer& layer_;
  const uint8_t* padding_;
  int32_t taps_;
  ptrdiff_t offsets_[kMostDepthwiseTaps];
  DepthwiseEdges<kPixels> edges_;
};

}  // namespace
}  // namespace lockstep::kernels
