#include <algorithm>
#include <type_traits>

#include "arithmetic/requantize.h"
#include "ops/common/byte_table.h"
#include "ops/common/elements.h"
#include "ops/layer_args.h"

namespace lockstep::kernels {
namespace {

constexpr int64_t kChannels = 32;  // accumulated at a time
constexpr size_t kByteEntries = 256;

// A product of an element and a weight, both of up to 16 bits, has 32.
template <typename In, typename Weight, typename Sum>
void AddProducts(const In* __restrict x, const Weight* __restrict w, int64_t count, Sum* __restrict acc) {
  for (int64_t i = 0; i < count; ++i) acc[i] += x[i] * w[i];
}

// One output pixel, up to kChannels channels from `channel` on.
template <typename In, typename Weight, typename Sum>
class DepthwisePixel {
 public:
  explicit DepthwisePixel(const LayerArgs& args)
      : options_(*args.layer->options_as_DepthwiseConv()),
        input_(args.inputs[0]),
        weights_(reinterpret_cast<const Weight*>(args.inputs[1].data)),
        kernel_h_(args.inputs[1].shape[1]),
        kernel_w_(args.inputs[1].shape[2]),
        wide_starts_(options_.acc_init()->size() == 0) {
    std::fill_n(padding_, kChannels, static_cast<In>(input_.zero_point));
  }

  void Accumulate(int64_t image, int64_t y, int64_t x, int64_t channel, int64_t count, Sum* acc) const {
    const int64_t channels = input_.shape[3];
    for (int64_t i = 0; i < count; ++i) acc[i] = Start(channel + i);
    const Weight* w = weights_ + channel;
    for (int32_t ky = 0; ky < kernel_h_; ++ky) {
      const int64_t row = y * options_.stride_h() - options_.pad_top() + int64_t{ky} * options_.dilation_h();
      const bool row_inside = row >= 0 && row < input_.shape[1];
      const In* from = reinterpret_cast<const In*>(input_.data) +
                       (image * input_.shape[1] + row) * input_.shape[2] * input_.pitch + channel;
      for (int32_t kx = 0; kx < kernel_w_; ++kx, w += channels) {
        const int64_t column = x * options_.stride_w() - options_.pad_left() + int64_t{kx} * options_.dilation_w();
        const bool inside = row_inside && column >= 0 && column < input_.shape[2];
        AddProducts(inside ? from + column * input_.pitch : padding_, w, count, acc);
      }
    }
  }

  int32_t Requantized(int64_t channel, Sum acc) const {
    const auto index = static_cast<flatbuffers::uoffset_t>(channel);
    if constexpr (std::is_same_v<Sum, int32_t>) {
      return RequantizeClamped(acc, options_.multiplier()->Get(index), options_.shift()->Get(index),
                               options_.mid_zero_point(), options_.clamp_low(), options_.clamp_high());
    } else {
      const int64_t value = rq1::RequantizeWide(acc, options_.multiplier()->Get(index), options_.shift()->Get(index));
      return static_cast<int32_t>(
          rq1::Clamp(options_.mid_zero_point() + value, options_.clamp_low(), options_.clamp_high()));
    }
  }

 private:
  Sum Start(int64_t channel) const {
    const auto index = static_cast<flatbuffers::uoffset_t>(channel);
    return static_cast<Sum>(wide_starts_ ? options_.acc_init64()->Get(index) : options_.acc_init()->Get(index));
  }

  const joint::DepthwiseConv& options_;
  const TensorView& input_;
  const Weight* weights_;
  int32_t kernel_h_, kernel_w_;
  bool wide_starts_;
  In padding_[kChannels];
};

// Without `table` the values in front of the layer's.
template <typename In, typename Weight, typename Sum, typename Out>
void RunRows(const LayerArgs& args, int64_t begin, int64_t end, const uint8_t* table) {
  const DepthwisePixel<In, Weight, Sum> pixel(args);
  const int32_t* out = args.outputs[0].shape;
  const int64_t channels = out[3];
  for (int64_t unit = begin; unit < end; ++unit) {
    Out* y = reinterpret_cast<Out*>(args.outputs[0].data) + unit * out[2] * args.outputs[0].pitch;
    for (int64_t x = 0; x < out[2]; ++x, y += args.outputs[0].pitch) {
      for (int64_t channel = 0; channel < channels; channel += kChannels) {
        const int64_t count = std::min(kChannels, channels - channel);
        Sum acc[kChannels];
        pixel.Accumulate(unit / out[1], unit % out[1], x, channel, count, acc);
        for (int64_t i = 0; i < count; ++i) {
          const int32_t value = pixel.Requantized(channel + i, acc[i]);
          y[channel + i] = table == nullptr ? static_cast<Out>(value) : TableEntry<Out>(table, value);
        }
      }
    }
  }
}

template <typename Out>
void RunSums(const LayerArgs& args, int64_t begin, int64_t end, const uint8_t* table) {
  const bool wide = args.layer->options_as_DepthwiseConv()->acc_bits() != 32;
  WithActivationType(args.inputs[0].dtype, [&](auto* in) {
    using In = std::remove_pointer_t<decltype(in)>;
    if (args.inputs[1].dtype == joint::DType::S16) {
      wide ? RunRows<In, int16_t, int64_t, Out>(args, begin, end, table)
           : RunRows<In, int16_t, int32_t, Out>(args, begin, end, table);
    } else {
      wide ? RunRows<In, int8_t, int64_t, Out>(args, begin, end, table)
           : RunRows<In, int8_t, int32_t, Out>(args, begin, end, table);
    }
  });
}

// Image rows [begin, end).
template <typename Element>
Stretches<Element> RowsOf(const TensorView& output, int64_t begin, int64_t end) {
  auto* data = reinterpret_cast<Element*>(output.data) + begin * output.shape[2] * output.pitch;
  return StretchesOf(output, data, (end - begin) * output.shape[2]);
}

}  // namespace

// A unit is one output row.
void depthwise_conv_uxsx_portable(const LayerArgs& args, int64_t begin, int64_t end, uint8_t* /*scratch*/) {
  const auto* table = args.layer->options_as_DepthwiseConv()->table();
  const TensorView& output = args.outputs[0];
  if (output.dtype == joint::DType::U16) {
    RunSums<uint16_t>(args, begin, end, nullptr);
    if (table != nullptr) ApplyWideTable(table->data(), RowsOf<uint16_t>(output, begin, end));
  } else if (table != nullptr && table->size() > kByteEntries) {
    RunSums<uint8_t>(args, begin, end, table->data());
  } else {
    RunSums<uint8_t>(args, begin, end, nullptr);
    if (table != nullptr) ApplyTable(table->data(), RowsOf<uint8_t>(output, begin, end));
  }
}

}  // namespace lockstep::kernels
