#include <algorithm>

#include "ops/common/float_elements.h"
#include "ops/depthwise_conv/depthwise_conv.h"
#include "ops/depthwise_conv/depthwise_rows.h"

namespace lockstep::kernels {
namespace {

constexpr int64_t kChannels = 64;  // accumulated at a time

void AddProducts(float* __restrict acc, const float* __restrict x, const float* __restrict w, int64_t count) {
  for (int64_t i = 0; i < count; ++i) acc[i] = acc[i] + x[i] * w[i];
}

// One output pixel, up to kChannels channels from `channel` on. Padding elements are terms with x = 0.
void AccumulatePixel(const LayerArgs& args, int64_t unit, int64_t x, int64_t channel, int64_t count, float* acc) {
  static constexpr float kPadding[kChannels] = {};
  const joint::DepthwiseConv& o = *args.layer->options_as_DepthwiseConv();
  const int32_t* in = args.inputs[0].shape;
  const int64_t channels = in[3];
  const int64_t step = args.inputs[0].pitch;
  const int64_t out_h = args.outputs[0].shape[1];
  const float* image = Floats(args.inputs[0]) + unit / out_h * in[1] * in[2] * step + channel;
  const float* w = Floats(args.inputs[1]) + channel;
  std::copy_n(Floats(args.inputs[2]) + channel, count, acc);
  for (int32_t ky = 0; ky < args.inputs[1].shape[1]; ++ky) {
    const int64_t row = unit % out_h * o.stride_h() - o.pad_top() + int64_t{ky} * o.dilation_h();
    for (int32_t kx = 0; kx < args.inputs[1].shape[2]; ++kx, w += channels) {
      const int64_t column = x * o.stride_w() - o.pad_left() + int64_t{kx} * o.dilation_w();
      const bool inside = row >= 0 && row < in[1] && column >= 0 && column < in[2];
      AddProducts(acc, inside ? image + (row * in[2] + column) * step : kPadding, w, count);
    }
  }
}

}  // namespace

bool AcceptsFloatDepthwise(const LayerArgs& args) {
  const int32_t* window = args.inputs[1].shape;
  return int64_t{window[1]} * window[2] <= kMostFloatTaps;
}

// A unit is one output row.
void depthwise_conv_f32_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const int64_t out_w = args.outputs[0].shape[2];
  const int64_t channels = args.outputs[0].shape[3];
  for (int64_t unit = begin; unit < end; ++unit) {
    float* y = MutableFloats(args.outputs[0]) + unit * out_w * args.outputs[0].pitch;
    for (int64_t x = 0; x < out_w; ++x, y += args.outputs[0].pitch) {
      for (int64_t channel = 0; channel < channels; channel += kChannels) {
        const int64_t count = std::min(kChannels, channels - channel);
        float acc[kChannels];
        AccumulatePixel(args, unit, x, channel, count, acc);
        for (int64_t i = 0; i < count; ++i) f1::Store(y + channel + i, acc[i]);
      }
    }
  }
}

}  // namespace lockstep::kernels
