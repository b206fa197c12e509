// Depthwise convolutions of floats with a kernel for an output pixel.
#pragma once

#include "ops/common/float_elements.h"
#include "ops/depthwise_conv/depthwise_conv.h"
#include "ops/depthwise_conv/depthwise_rows.h"

namespace lockstep::kernels {

// A unit is one output row.
inline void RunFloatPixels(const LayerArgs& args, int64_t begin, int64_t end,
                           void (*pixel)(const FloatWindow& window)) {
  const joint::DepthwiseConv& o = *args.layer->options_as_DepthwiseConv();
  const TensorView& input = args.inputs[0];
  const TensorView& output = args.outputs[0];
  const int32_t* in = input.shape;
  const int32_t* kernel = args.inputs[1].shape;
  const float* taps[kMostFloatTaps];
  FloatWindow window = {taps,
                        int64_t{kernel[1]} * kernel[2],
                        Floats(args.inputs[1]),
                        Floats(args.inputs[2]),
                        in[3],
                        MutableFloats(output) + begin * output.shape[2] * output.pitch};
  for (int64_t unit = begin; unit < end; ++unit) {
    const float* image = Floats(input) + unit / output.shape[1] * in[1] * in[2] * input.pitch;
    const int64_t top = unit % output.shape[1] * o.stride_h() - o.pad_top();
    for (int64_t x = 0; x < output.shape[2]; ++x, window.y += output.pitch) {
      const int64_t left = x * o.stride_w() - o.pad_left();
      int64_t tap = 0;
      for (int64_t ky = 0; ky < kernel[1]; ++ky) {
        const int64_t row = top + ky * o.dilation_h();
        for (int64_t kx = 0; kx < kernel[2]; ++kx) {
          const int64_t column = left + kx * o.dilation_w();
          const bool inside = row >= 0 && row < in[1] && column >= 0 && column < in[2];
          taps[tap++] = inside ? image + (row * in[2] + column) * input.pitch : nullptr;
        }
      }
      pixel(window);
    }
  }
}

}  // namespace lockstep::kernels
