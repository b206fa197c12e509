#include <algorithm>
#include <cstring>

#include "arithmetic/rq1.h"
#include "ops/common/byte_table.h"
#include "ops/layer_args.h"

namespace lockstep::kernels {
namespace {

constexpr int64_t kChannels = 32;  // accumulated at a time
constexpr size_t kByteEntries = 256;

// Adds the products of neighbouring channels. One of an element and a weight, both of up to 16 bits, has 32.
using AddFunction = void(const uint8_t* x, const uint8_t* w, int64_t count, void* sums);

template <typename In, typename Weight, typename Sum>
void AddProducts(const uint8_t* x, const uint8_t* w, int64_t count, void* sums) {
  const In* __restrict elements = reinterpret_cast<const In*>(x);
  const Weight* __restrict weights = reinterpret_cast<const Weight*>(w);
  Sum* __restrict to = static_cast<Sum*>(sums);
  for (int64_t i = 0; i < count; ++i) to[i] += elements[i] * weights[i];
}

// Sums of 64 bits serve where 32 would do, too.
AddFunction* AddOf(bool words, bool wide_weights, bool narrow) {
  if (wide_weights) return words ? AddProducts<uint16_t, int16_t, int64_t> : AddProducts<uint8_t, int16_t, int64_t>;
  if (narrow) return words ? AddProducts<uint16_t, int8_t, int32_t> : AddProducts<uint8_t, int8_t, int32_t>;
  return words ? AddProducts<uint16_t, int8_t, int64_t> : AddProducts<uint8_t, int8_t, int64_t>;
}

// Up to kChannels channels.
union Sums {
  int32_t narrow[kChannels];
  int64_t wide[kChannels];
};

class DepthwiseRows {
 public:
  // Without `table`, which is one of bytes, the values in front of the layer's are written.
  DepthwiseRows(const LayerArgs& args, const uint8_t* table)
      : options_(*args.layer->options_as_DepthwiseConv()),
        input_(args.inputs[0]),
        weights_(args.inputs[1]),
        output_(args.outputs[0]),
        table_(table),
        element_(ElementBytes(input_.dtype)),
        weight_(ElementBytes(weights_.dtype)),
        narrow_(options_.acc_bits() == 32 && weight_ == 1),
        add_(AddOf(element_ == 2, weight_ == 2, narrow_)) {
    for (int64_t i = 0; i < kChannels; ++i) {
      const auto zero_point = static_cast<uint16_t>(input_.zero_point);
      std::memcpy(padding_ + i * element_, &zero_point, static_cast<size_t>(element_));
    }
  }

  void Run(int64_t begin, int64_t end) const {
    const int32_t* out = output_.shape;
    for (int64_t unit = begin; unit < end; ++unit) {
      for (int64_t x = 0; x < out[2]; ++x) {
        for (int64_t channel = 0; channel < out[3]; channel += kChannels) {
          const int64_t count = std::min(kChannels, out[3] - channel);
          Sums sums;
          Accumulate(unit, x, channel, count, &sums);
          Write((unit * out[2] + x) * output_.pitch, channel, count, sums);
        }
      }
    }
  }

 private:
  void Accumulate(int64_t unit, int64_t x, int64_t channel, int64_t count, Sums* sums) const {
    const bool wide_starts = options_.acc_init()->size() == 0;
    for (int64_t i = 0; i < count; ++i) {
      const auto index = static_cast<flatbuffers::uoffset_t>(channel + i);
      const int64_t start = wide_starts ? options_.acc_init64()->Get(index) : options_.acc_init()->Get(index);
      if (narrow_) {
        sums->narrow[i] = static_cast<int32_t>(start);
      } else {
        sums->wide[i] = start;
      }
    }
    const int32_t* in = input_.shape;
    const int64_t image = unit / output_.shape[1];
    const int64_t top = unit % output_.shape[1] * options_.stride_h() - options_.pad_top();
    const int64_t left = x * options_.stride_w() - options_.pad_left();
    const uint8_t* w = weights_.data + channel * weight_;
    for (int32_t ky = 0; ky < weights_.shape[1]; ++ky) {
      const int64_t row = top + int64_t{ky} * options_.dilation_h();
      for (int32_t kx = 0; kx < weights_.shape[2]; ++kx, w += in[3] * weight_) {
        const int64_t column = left + int64_t{kx} * options_.dilation_w();
        const bool inside = row >= 0 && row < in[1] && column >= 0 && column < in[2];
        const int64_t pixel = (image * in[1] + row) * in[2] + column;
        add_(inside ? input_.data + (pixel * input_.pitch + channel) * element_ : padding_, w, count, sums);
      }
    }
  }

  void Write(int64_t pixel, int64_t channel, int64_t count, const Sums& sums) const {
    const int32_t* multiplier = options_.multiplier()->data() + channel;
    const int8_t* shift = options_.shift()->data() + channel;
    for (int64_t i = 0; i < count; ++i) {
      const int64_t scaled = narrow_ ? rq1::Requantize(sums.narrow[i], multiplier[i], shift[i])
                                     : rq1::RequantizeWide(sums.wide[i], multiplier[i], shift[i]);
      const int64_t value = rq1::Clamp(options_.mid_zero_point() + scaled, options_.clamp_low(), options_.clamp_high());
      const int64_t to = pixel + channel + i;
      if (output_.dtype == joint::DType::U16) {
        reinterpret_cast<uint16_t*>(output_.data)[to] = static_cast<uint16_t>(value);
      } else {
        output_.data[to] = table_ == nullptr ? static_cast<uint8_t>(value) : table_[value];
      }
    }
  }

  const joint::DepthwiseConv& options_;
  const TensorView& input_;
  const TensorView& weights_;
  const TensorView& output_;
  const uint8_t* table_;
  int32_t element_, weight_;  // bytes
  bool narrow_;               // sums of 32 bits
  AddFunction* add_;
  alignas(uint16_t) uint8_t padding_[2 * kChannels];
};

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
    DepthwiseRows(args, nullptr).Run(begin, end);
    if (table != nullptr) ApplyWideTable(table->data(), RowsOf<uint16_t>(output, begin, end));
  } else if (table != nullptr && table->size() > kByteEntries) {
    DepthwiseRows(args, table->data()).Run(begin, end);
  } else {
    DepthwiseRows(args, nullptr).Run(begin, end);
    if (table != nullptr) ApplyTable(table->data(), RowsOf<uint8_t>(output, begin, end));
  }
}

}  // namespace lockstep::kernels
