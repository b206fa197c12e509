// Conv and DepthwiseConv: gather the window of an output pixel, then one dot product for each output channel.
#include <algorithm>
#include <stdexcept>
#include <string>

#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"
#include "lockstep/arithmetic.h"

namespace lockstep::engine {
namespace {

constexpr size_t kSerialWork = 1000000;  // multiply-accumulates that starting threads is not worth

// What Conv and DepthwiseConv have in common, with the weights of each output channel in a row (ky, kx, ic).
struct Convolution {
  int32_t groups = 1;
  int32_t in_channels = 0;  // of a group
  int32_t out_channels = 0;
  int32_t kernel_h = 0, kernel_w = 0;
  int32_t stride_h = 1, stride_w = 1;
  int32_t dilation_h = 1, dilation_w = 1;
  int32_t pad_top = 0, pad_left = 0;
  const int32_t* acc_init = nullptr;
  const int32_t* multiplier = nullptr;
  const int8_t* shift = nullptr;
  int32_t mid_zero_point = 0, clamp_low = 0, clamp_high = 0;
  const uint8_t* table = nullptr;
  int acc_bits = 32;
  std::vector<int16_t> weights;
};

template <typename Options>
void CopyCommon(const Options& options, Convolution& conv) {
  conv.stride_h = options.stride_h();
  conv.stride_w = options.stride_w();
  conv.dilation_h = options.dilation_h();
  conv.dilation_w = options.dilation_w();
  conv.pad_top = options.pad_top();
  conv.pad_left = options.pad_left();
  conv.acc_init = options.acc_init()->data();
  conv.multiplier = options.multiplier()->data();
  conv.shift = options.shift()->data();
  conv.mid_zero_point = options.mid_zero_point();
  conv.clamp_low = options.clamp_low();
  conv.clamp_high = options.clamp_high();
  conv.table = options.table() != nullptr && options.table()->size() != 0 ? options.table()->data() : nullptr;
}

Convolution Describe(const LayerRun& run) {
  Convolution conv;
  const auto* packed = reinterpret_cast<const int8_t*>(run.weights.data);
  const auto& shape = *run.weights.tensor->shape();
  if (const auto* options = run.layer->options_as_Conv()) {
    CopyCommon(*options, conv);
    conv.groups = options->groups();
    conv.acc_bits = options->acc_bits();
    conv.out_channels = shape[0];
    conv.kernel_h = shape[1];
    conv.kernel_w = shape[2];
    conv.in_channels = shape[3];
    const O16I4Geometry geometry(conv.out_channels, conv.in_channels, conv.kernel_h, conv.kernel_w, conv.groups,
                                 conv.dilation_w);
    for (int32_t oc = 0; oc < conv.out_channels; ++oc) {
      for (int32_t ky = 0; ky < conv.kernel_h; ++ky) {
        for (int32_t kx = 0; kx < conv.kernel_w; ++kx) {
          for (int32_t ic = 0; ic < conv.in_channels; ++ic) {
            conv.weights.push_back(packed[geometry.Offset(oc, ic, ky, kx)]);
          }
        }
      }
    }
  } else {
    CopyCommon(*run.layer->options_as_DepthwiseConv(), conv);
    conv.kernel_h = shape[1];
    conv.kernel_w = shape[2];
    conv.groups = conv.out_channels = shape[3];
    conv.in_channels = 1;
    for (int32_t c = 0; c < conv.out_channels; ++c) {
      for (int32_t k = 0; k < conv.kernel_h * conv.kernel_w; ++k) {
        conv.weights.push_back(packed[k * conv.out_channels + c]);
      }
    }
  }
  return conv;
}

template <typename Sum, typename Element>
int64_t Dot(const Element* x, const int16_t* w, size_t count) {
  Sum sum = 0;
  for (size_t i = 0; i < count; ++i) sum += static_cast<Sum>(x[i]) * w[i];
  return sum;
}

template <typename Sum, typename Element>
void Compute(const LayerRun& run, const Convolution& conv) {
  const auto& in = *run.inputs[0].tensor->shape();
  const auto& out = *run.output->shape();
  const auto x =
      ReadIntegers<Element>(run.inputs[0].tensor->dtype(), run.inputs[0].data, ElementCount(*run.inputs[0].tensor));
  const auto zero_point = static_cast<Element>(ZeroPoint(*run.inputs[0].tensor));
  const std::vector<int32_t> table =
      conv.table != nullptr ? ReadIntegers(run.output->dtype(), conv.table, 256) : std::vector<int32_t>();
  const size_t taps = static_cast<size_t>(conv.kernel_h) * conv.kernel_w * conv.in_channels;
  const int32_t channels_per_group = conv.out_channels / conv.groups;
  const size_t row_length = static_cast<size_t>(out[2]) * out[3];
  const size_t row_bytes = row_length * ElementSize(run.output->dtype());
  bool overflow = false;
  const bool worth_threads = ElementCount(*run.output) * taps > kSerialWork;

#pragma omp parallel for schedule(dynamic) reduction(|| : overflow) if (worth_threads)
  for (int32_t row = 0; row < out[0] * out[1]; ++row) {
    const int32_t n = row / out[1];
    const int32_t oy = row % out[1];
    std::vector<Element> window(taps);
    std::vector<int32_t> y(row_length);
    for (int32_t ox = 0; ox < out[2]; ++ox) {
      for (int32_t group = 0; group < conv.groups; ++group) {
        Element* tap = window.data();
        for (int32_t ky = 0; ky < conv.kernel_h; ++ky) {
          for (int32_t kx = 0; kx < conv.kernel_w; ++kx, tap += conv.in_channels) {
            const int32_t iy = oy * conv.stride_h - conv.pad_top + ky * conv.dilation_h;
            const int32_t ix = ox * conv.stride_w - conv.pad_left + kx * conv.dilation_w;
            if (iy < 0 || iy >= in[1] || ix < 0 || ix >= in[2]) {
              std::fill_n(tap, conv.in_channels, zero_point);
            } else {
              const size_t pixel = (static_cast<size_t>(n) * in[1] + iy) * in[2] + ix;
              std::copy_n(&x[pixel * in[3] + static_cast<size_t>(group) * conv.in_channels], conv.in_channels, tap);
            }
          }
        }
        for (int32_t c = 0; c < channels_per_group; ++c) {
          const int32_t oc = group * channels_per_group + c;
          const int64_t acc = conv.acc_init[oc] + Dot<Sum>(window.data(), &conv.weights[oc * taps], taps);
          overflow = overflow || (conv.acc_bits == 32 && acc != static_cast<int32_t>(acc));
          const int64_t p =
              rq1::Clamp(conv.mid_zero_point + rq1::RequantizeWide(acc, conv.multiplier[oc], conv.shift[oc]),
                         conv.clamp_low, conv.clamp_high);
          y[static_cast<size_t>(ox) * out[3] + oc] =
              table.empty() ? static_cast<int32_t>(p) : table[static_cast<size_t>(p)];
        }
      }
    }
    WriteIntegers(y, run.output->dtype(), run.result + row * row_bytes);
  }
  if (overflow) {
    throw std::logic_error("layer '" + run.layer->name()->str() +
                           "': an accumulator left the 32 bits it was proven for");
  }
}

}  // namespace

void RunConvolution(const LayerRun& run) {
  const Convolution conv = Describe(run);
  const bool narrow = run.inputs[0].tensor->dtype() == joint::DType::U8;
  const int64_t taps = int64_t{conv.kernel_h} * conv.kernel_w * conv.in_channels;
  if (narrow && taps * 255 * 128 < (int64_t{1} << 31)) {
    Compute<int32_t, int16_t>(run, conv);
  } else {
    Compute<int64_t, int32_t>(run, conv);
  }
}

}  // namespace lockstep::engine
