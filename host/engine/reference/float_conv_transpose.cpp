// ConvTranspose in floats: one accumulator per output element, over the input elements that meet a tap.
#include "engine/reference/convolution.h"
#include "engine/reference/extents.h"
#include "engine/reference/fits.h"
#include "engine/reference/float_layers.h"
#include "engine/reference/float_values.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
namespace {

constexpr int64_t kBlock = 16;  // output channels side by side in the packing O16

}  // namespace

bool FitsFloatConvTranspose(const LayerRun& run) {
  const joint::ConvTranspose& o = *run.layer->options_as_ConvTranspose();
  if (!HasTensors(run, 3) || !IsFloat(run.x()) || !IsFloat(*run.inputs[2].tensor)) return false;
  if (!HasWeights(run, joint::DType::F32, joint::Packing::O16)) return false;
  const joint::Tensor& weights = *run.inputs[1].tensor;
  const auto& w = *weights.shape();
  const auto& x = *run.x().shape();
  const auto& y = *run.y().shape();
  const auto& bias = *run.inputs[2].tensor->shape();
  if (x.size() != 4 || y.size() != 4 || x[0] != y[0] || y[3] != w[0] || bias.size() != 1 || bias[0] != w[0])
    return false;
  if (o.groups() < 1 || w[0] % o.groups() != 0 || x[3] != int64_t{w[3]} * o.groups()) return false;
  if (o.stride_h() < 1 || o.stride_w() < 1) return false;
  const uint64_t blocks = (static_cast<uint64_t>(w[0] / o.groups()) + kBlock - 1) / kBlock;
  const uint64_t taps = static_cast<uint64_t>(w[1]) * w[2] * w[3];
  return weights.bytes() == o.groups() * blocks * taps * kBlock * sizeof(float);
}

void RunFloatConvTranspose(const LayerRun& run) {
  const joint::ConvTranspose& o = *run.layer->options_as_ConvTranspose();
  const std::vector<float> x = ReadFloats(run.inputs[0]);
  const auto* packed = reinterpret_cast<const float*>(run.inputs[1].data);
  const std::vector<float> bias = ReadFloats(run.inputs[2]);
  const auto& in = *run.x().shape();
  const auto& w = *run.inputs[1].tensor->shape();
  const int64_t group_out = w[0] / o.groups();
  const int64_t blocks = (group_out + kBlock - 1) / kBlock;
  std::vector<float> y(static_cast<size_t>(ElementCount(run.y())));
  ForEachElement(Extents(run.y()), [&](size_t index, const Coordinates& at) {
    const auto oc = static_cast<int64_t>(at[3]);
    const int64_t group = oc / group_out;
    const int64_t block = group * blocks + oc % group_out / kBlock;
    float acc = bias[at[3]];
    for (int64_t iy = 0; iy < in[1]; ++iy) {
      const int64_t ky = static_cast<int64_t>(at[1]) + o.pad_top() - iy * o.stride_h();
      if (ky < 0 || ky >= w[1]) continue;
      for (int64_t ix = 0; ix < in[2]; ++ix) {
        const int64_t kx = static_cast<int64_t>(at[2]) + o.pad_left() - ix * o.stride_w();
        if (kx < 0 || kx >= w[2]) continue;
        for (int64_t ic = 0; ic < w[3]; ++ic) {
          const int64_t pixel = (static_cast<int64_t>(at[0]) * in[1] + iy) * in[2] + ix;
          const int64_t weight = ((block * w[1] + ky) * w[2] + kx) * w[3] + ic;
          const float product = x[static_cast<size_t>(pixel * in[3] + group * w[3] + ic)] *
                                packed[weight * kBlock + oc % group_out % kBlock];
          acc = acc + product;
        }
      }
    }
    y[index] = acc;
  });
  WriteFloats(y, run.outputs[0]);
}

}  // namespace lockstep::engine
