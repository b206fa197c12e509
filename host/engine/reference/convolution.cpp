// Conv and DepthwiseConv: gather the window of an output pixel, then one dot product for each output channel.
#include "engine/reference/convolution.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "arithmetic/rq1.h"
#include "engine/reference/fits.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
namespace {

constexpr size_t kSerialWork = 1000000;  // multiply-accumulates that starting threads is not worth

template <typename Sum, typename Element>
int64_t Dot(const Element* x, const int16_t* w, size_t count) {
  Sum sum = 0;
  for (size_t i = 0; i < count; ++i) sum += static_cast<Sum>(x[i]) * w[i];
  return sum;
}

template <typename Sum, typename Element>
void Compute(const LayerRun& run, const Convolution& conv) {
  const auto& in = *run.x().shape();
  const auto& out = *run.y().shape();
  const auto x = ReadIntegers<Element>(run.x().dtype(), run.inputs[0].data, ElementCount(run.x()));
  const auto zero_point = static_cast<Element>(ZeroPoint(run.x()));
  const std::vector<int32_t> table = conv.table != nullptr ? ReadTable(run, *conv.table) : std::vector<int32_t>();
  const size_t taps = static_cast<size_t>(conv.kernel_h) * conv.kernel_w * conv.in_channels;
  const int32_t channels_per_group = conv.out_channels / conv.groups;
  const size_t row_length = static_cast<size_t>(out[2]) * out[3];
  const size_t row_bytes = row_length * ElementSize(run.y().dtype());
  bool overflow = false;
  const bool worth_threads = ElementCount(run.y()) * taps > kSerialWork;

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
    WriteIntegers(y, run.y().dtype(), run.outputs[0].data + row * row_bytes);
  }
  if (overflow) {
    throw std::logic_error("layer '" + run.layer->name()->str() +
                           "': an accumulator left the 32 bits it was proven for");
  }
}

}  // namespace

bool HasWeights(const LayerRun& run, joint::DType dtype, joint::Packing packing) {
  const joint::Tensor& weights = *run.inputs[1].tensor;
  return weights.constant() >= 0 && weights.dtype() == dtype && weights.packing() == packing &&
         weights.shape()->size() == 4;
}

bool HasIntegerWeights(const LayerRun& run, joint::Packing packing) {
  return HasWeights(run, joint::DType::S8, packing) || HasWeights(run, joint::DType::S16, packing);
}

bool FitsTable(const LayerRun& run, const flatbuffers::Vector<uint8_t>* table, int32_t low, int32_t high) {
  if (table == nullptr || table->size() == 0) return true;
  const size_t entries = table->size() / ElementSize(run.y().dtype());
  return entries >= 256 && low >= 0 && static_cast<size_t>(high) < entries;
}

std::vector<int32_t> ReadTable(const LayerRun& run, const flatbuffers::Vector<uint8_t>& table) {
  return ReadIntegers(run.y().dtype(), table.data(), table.size() / ElementSize(run.y().dtype()));
}

void RunConvolution(const LayerRun& run, const Convolution& conv) {
  const bool narrow = run.x().dtype() == joint::DType::U8 && run.inputs[1].tensor->dtype() == joint::DType::S8;
  const int64_t taps = int64_t{conv.kernel_h} * conv.kernel_w * conv.in_channels;
  if (narrow && taps * 255 * 128 < (int64_t{1} << 31)) {
    Compute<int32_t, int16_t>(run, conv);
  } else {
    Compute<int64_t, int32_t>(run, conv);
  }
}

}  // namespace lockstep::engine
