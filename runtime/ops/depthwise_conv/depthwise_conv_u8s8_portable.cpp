#include <algorithm>
#include <cstring>

#include "arithmetic/requantize.h"
#include "ops/common/byte_table.h"
#include "ops/layer_args.h"

namespace lockstep::kernels {
namespace {

constexpr int64_t kChannels = 32;  // accumulated at a time
constexpr size_t kByteEntries = 256;

// One output pixel, up to kChannels channels from `channel` on.
class DepthwisePixel {
 public:
  explicit DepthwisePixel(const LayerArgs& args)
      : options_(*args.layer->options_as_DepthwiseConv()),
        input_(args.inputs[0]),
        weights_(reinterpret_cast<const int8_t*>(args.inputs[1].data)),
        kernel_h_(args.inputs[1].shape[1]),
        kernel_w_(args.inputs[1].shape[2]),
        zero_point_(input_.zero_point) {}

  void Accumulate(int64_t image, int64_t y, int64_t x, int64_t channel, int64_t count, int32_t* acc) const {
    const int64_t channels = input_.shape[3];
    for (int64_t i = 0; i < count; ++i) {
      acc[i] = options_.acc_init()->Get(static_cast<flatbuffers::uoffset_t>(channel + i));
    }
    const int8_t* w = weights_ + channel;
    for (int32_t ky = 0; ky < kernel_h_; ++ky) {
      const int64_t row = y * options_.stride_h() - options_.pad_top() + int64_t{ky} * options_.dilation_h();
      const bool row_inside = row >= 0 && row < input_.shape[1];
      const uint8_t* from = input_.data + (image * input_.shape[1] + row) * input_.shape[2] * input_.pitch + channel;
      for (int32_t kx = 0; kx < kernel_w_; ++kx, w += channels) {
        const int64_t column = x * options_.stride_w() - options_.pad_left() + int64_t{kx} * options_.dilation_w();
        if (row_inside && column >= 0 && column < input_.shape[2]) {
          const uint8_t* value = from + column * input_.pitch;
          for (int64_t i = 0; i < count; ++i) acc[i] += value[i] * w[i];
        } else {
          for (int64_t i = 0; i < count; ++i) acc[i] += zero_point_ * w[i];
        }
      }
    }
  }

  int32_t Requantized(int64_t channel, int32_t acc) const {
    const auto index = static_cast<flatbuffers::uoffset_t>(channel);
    return RequantizeClamped(acc, options_.multiplier()->Get(index), options_.shift()->Get(index),
                             options_.mid_zero_point(), options_.clamp_low(), options_.clamp_high());
  }

 private:
  const joint::DepthwiseConv& options_;
  const TensorView& input_;
  const int8_t* weights_;
  int32_t kernel_h_, kernel_w_;
  int32_t zero_point_;
};

// Without `table` the values in front of the layer's.
template <typename Out>
void RunRows(const LayerArgs& args, int64_t begin, int64_t end, const uint8_t* table = nullptr) {
  const DepthwisePixel pixel(args);
  const int32_t* out = args.outputs[0].shape;
  const int64_t channels = out[3];
  for (int64_t unit = begin; unit < end; ++unit) {
    Out* y = reinterpret_cast<Out*>(args.outputs[0].data) + unit * out[2] * args.outputs[0].pitch;
    for (int64_t x = 0; x < out[2]; ++x, y += args.outputs[0].pitch) {
      for (int64_t channel = 0; channel < channels; channel += kChannels) {
        const int64_t count = std::min(kChannels, channels - channel);
        int32_t acc[kChannels];
        pixel.Accumulate(unit / out[1], unit % out[1], x, channel, count, acc);
        for (int64_t i = 0; i < count; ++i) {
          const int32_t value = pixel.Requantized(channel + i, acc[i]);
          y[channel + i] = table == nullptr ? static_cast<Out>(value) : TableEntry<Out>(table, value);
        }
      }
    }
  }
}

// Image rows [begin, end).
template <typename Element>
Stretches<Element> RowsOf(const TensorView& output, int64_t begin, int64_t end) {
  auto* data = reinterpret_cast<Element*>(output.data) + begin * output.shape[2] * output.pitch;
  return StretchesOf(output, data, (end - begin) * output.shape[2]);
}

}  // namespace

// A unit is one output row.
void depthwise_conv_u8s8_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const auto* table = args.layer->options_as_DepthwiseConv()->table();
  const TensorView& output = args.outputs[0];
  if (output.dtype == joint::DType::U16) {
    RunRows<uint16_t>(args, begin, end);
    if (table != nullptr) ApplyWideTable(table->data(), RowsOf<uint16_t>(output, begin, end));
  } else if (table != nullptr && table->size() > kByteEntries) {
    RunRows<uint8_t>(args, begin, end, table->data());
  } else {
    RunRows<uint8_t>(args, begin, end);
    if (table != nullptr) ApplyTable(table->data(), RowsOf<uint8_t>(output, begin, end));
  }
}

}  // namespace lockstep::kernels
