// Conv and DepthwiseConv in floats: one accumulator per output element, over ky, kx, ic.
#include <cstddef>

#include "engine/reference/convolution.h"
#include "engine/reference/extents.h"
#include "engine/reference/fits.h"
#include "engine/reference/float_layers.h"
#include "engine/reference/float_values.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
namespace {

constexpr size_t kBlock = 16;  // output channels side by side in the packing O16

// The weights in the order of the sum: [oc][ky][kx][ic of the group].
struct FloatConvolution {
  size_t groups, in_channels, kernel_h, kernel_w;
  std::vector<float> weights;
};

template <typename Options>
bool HasFloatTensors(const LayerRun& run, const Options& options, joint::Packing packing) {
  if (!HasTensors(run, 3) || !IsFloat(run.x()) || !IsFloat(*run.inputs[2].tensor) || !IsFloat(run.y())) return false;
  if (!HasWeights(run, joint::DType::F32, packing)) return false;
  const auto& w = *run.inputs[1].tensor->shape();
  const auto& bias = *run.inputs[2].tensor->shape();
  return FitsWindow(run, options, w[1], w[2], options.dilation_h(), options.dilation_w()) && bias.size() == 1 &&
         bias[0] == run.y().shape()->Get(3);
}

template <typename Options>
void RunFloatConvolution(const LayerRun& run, const Options& options, const FloatConvolution& conv) {
  const std::vector<float> x = ReadFloats(run.inputs[0]);
  const std::vector<float> bias = ReadFloats(run.inputs[2]);
  const Extents in(run.x());
  const int64_t height = run.x().shape()->Get(1);
  const int64_t width = run.x().shape()->Get(2);
  const size_t group_out = static_cast<size_t>(run.y().shape()->Get(3)) / conv.groups;
  std::vector<float> y(static_cast<size_t>(ElementCount(run.y())));
  ForEachElement(Extents(run.y()), [&](size_t i, const Coordinates& at) {
    const size_t first = at[3] / group_out * conv.in_channels;
    const float* w = &conv.weights[at[3] * conv.kernel_h * conv.kernel_w * conv.in_channels];
    float acc = bias[at[3]];
    for (size_t ky = 0; ky < conv.kernel_h; ++ky) {
      for (size_t kx = 0; kx < conv.kernel_w; ++kx) {
        const int64_t iy = static_cast<int64_t>(at[1]) * options.stride_h() - options.pad_top() +
                           static_cast<int64_t>(ky) * options.dilation_h();
        const int64_t ix = static_cast<int64_t>(at[2]) * options.stride_w() - options.pad_left() +
                           static_cast<int64_t>(kx) * options.dilation_w();
        const bool inside = iy >= 0 && iy < height && ix >= 0 && ix < width;
        const float* pixel =
            inside ? &x[in.IndexOf({at[0], static_cast<size_t>(iy), static_cast<size_t>(ix), first})] : nullptr;
        for (size_t ic = 0; ic < conv.in_channels; ++ic, ++w) {
          const float product = (inside ? pixel[ic] : 0.0F) * *w;
          acc = acc + product;
        }
      }
    }
    y[i] = acc;
  });
  WriteFloats(y, run.outputs[0]);
}

}  // namespace

bool FitsFloatConv(const LayerRun& run) {
  const joint::Conv& conv = *run.layer->options_as_Conv();
  if (!HasFloatTensors(run, conv, joint::Packing::O16)) return false;
  const joint::Tensor& weights = *run.inputs[1].tensor;
  const auto& w = *weights.shape();
  const int64_t groups = conv.groups();
  if (groups < 1 || w[0] % groups != 0 || run.x().shape()->Get(3) != w[3] * groups) return false;
  const uint64_t blocks = (static_cast<uint64_t>(w[0] / groups) + kBlock - 1) / kBlock;
  const uint64_t taps = static_cast<uint64_t>(w[1]) * w[2] * w[3];
  return weights.bytes() == groups * blocks * taps * kBlock * sizeof(float) && run.y().shape()->Get(3) == w[0];
}

void RunFloatConv(const LayerRun& run) {
  const joint::Conv& options = *run.layer->options_as_Conv();
  const Operand& weights = run.inputs[1];
  const auto* packed = reinterpret_cast<const float*>(weights.data);
  const auto& w = *weights.tensor->shape();
  FloatConvolution conv = {static_cast<size_t>(options.groups()),
                           static_cast<size_t>(w[3]),
                           static_cast<size_t>(w[1]),
                           static_cast<size_t>(w[2]),
                           {}};
  const size_t taps = conv.kernel_h * conv.kernel_w * conv.in_channels;
  const size_t group_out = static_cast<size_t>(w[0]) / conv.groups;
  const size_t blocks = (group_out + kBlock - 1) / kBlock;
  for (size_t oc = 0; oc < static_cast<size_t>(w[0]); ++oc) {
    const size_t block = oc / group_out * blocks + oc % group_out / kBlock;
    for (size_t tap = 0; tap < taps; ++tap) {
      conv.weights.push_back(packed[(block * taps + tap) * kBlock + oc % group_out % kBlock]);
    }
  }
  RunFloatConvolution(run, options, conv);
}

bool FitsFloatDepthwiseConv(const LayerRun& run) {
  const joint::DepthwiseConv& conv = *run.layer->options_as_DepthwiseConv();
  if (!HasFloatTensors(run, conv, joint::Packing::Plain)) return false;
  const auto& w = *run.inputs[1].tensor->shape();
  return w[0] == 1 && run.x().shape()->Get(3) == w[3] && run.y().shape()->Get(3) == w[3];
}

void RunFloatDepthwiseConv(const LayerRun& run) {
  const joint::DepthwiseConv& options = *run.layer->options_as_DepthwiseConv();
  const Operand& weights = run.inputs[1];
  const auto* values = reinterpret_cast<const float*>(weights.data);
  const auto& w = *weights.tensor->shape();
  const auto channels = static_cast<size_t>(w[3]);
  FloatConvolution conv = {channels, 1, static_cast<size_t>(w[1]), static_cast<size_t>(w[2]), {}};
  for (size_t c = 0; c < channels; ++c) {
    for (size_t tap = 0; tap < conv.kernel_h * conv.kernel_w; ++tap) {
      conv.weights.push_back(values[tap * channels + c]);
    }
  }
  RunFloatConvolution(run, options, conv);
}

}  // namespace lockstep::engine
