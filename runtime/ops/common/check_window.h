// Windows that slide over images: those of convolutions and of pools.
#pragma once

#include <cstdint>

#include "check/layer_check.h"

namespace lockstep::check {

// Whether a window may lie in the padding alone: to a convolution padding is zeros, a pool leaves it out.
enum class WindowInPadding { kAllowed, kRefused };

struct Window {
  int64_t kernel_h, kernel_w;
  int64_t stride_h, stride_w;
  int64_t dilation_h, dilation_w;
  int64_t pad_top, pad_left, pad_bottom, pad_right;
};

// Of a convolution, whose weights say how large the window is.
template <typename Options>
Window ConvWindow(const Options& o, int64_t kernel_h, int64_t kernel_w) {
  return {kernel_h,       kernel_w,    o.stride_h(), o.stride_w(),   o.dilation_h(),
          o.dilation_w(), o.pad_top(), o.pad_left(), o.pad_bottom(), o.pad_right()};
}

template <typename Options>
Window PoolWindow(const Options& o) {
  return {o.kernel_h(), o.kernel_w(), o.stride_h(),   o.stride_w(), 1, 1,
          o.pad_top(),  o.pad_left(), o.pad_bottom(), o.pad_right()};
}

// So many inputs, the first and the output of four axes and equal batch.
Verdict CheckImages(const LayerCheck& layer, int32_t inputs = 1);
// The output's height and width, and bounds on the padded rows: how many a kernel may want to hold at once, and how
// often it may read them. Needs CheckImages.
Verdict CheckWindow(LayerCheck& layer, const Window& window, WindowInPadding in_padding);

}  // namespace lockstep::check
