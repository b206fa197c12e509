// What operators that walk over an image have in common.
#pragma once

#include <cstdint>

#include "lower/lower_context.h"

namespace lockstep::lower {

// The attributes of a window in the physical order of the image's two spatial axes.
struct Window {
  int32_t stride[2] = {1, 1};
  int32_t dilation[2] = {1, 1};
  int32_t before[2] = {0, 0};
  int32_t after[2] = {0, 0};
};

// The image lies with its width first.
inline bool IsSwapped(const Axes& axes) { return axes == Axes{0, 3, 2, 1}; }

Window ReadWindow(const graph::Node& node, const graph::Shape& in, const graph::Shape& out, int64_t kernel_h,
                  int64_t kernel_w, bool swapped);

// The window of a pool with its kernel in physical order. Throws UnsupportedModel for what is no pool over images.
struct PoolWindow {
  Window window;
  int32_t kernel[2] = {1, 1};
};
PoolWindow ReadPoolWindow(const LowerContext& context, const Value& x);

template <typename Options>
void SetPaddings(const Window& window, Options& options) {
  options.stride_h = window.stride[0];
  options.stride_w = window.stride[1];
  options.pad_top = window.before[0];
  options.pad_left = window.before[1];
  options.pad_bottom = window.after[0];
  options.pad_right = window.after[1];
}

template <typename Options>
void SetPool(const PoolWindow& pool, Options& options) {
  SetPaddings(pool.window, options);
  options.kernel_h = pool.kernel[0];
  options.kernel_w = pool.kernel[1];
}

}  // namespace lockstep::lower
