#include "engine/reference/convolution.h"
#include "engine/reference/float_layers.h"
#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"

namespace lockstep::engine {
bool FitsConv(const LayerRun& run) {
  if (HasFloatOutput(run)) return FitsFloatConv(run);
  const joint::Conv& conv = *run.layer->options_as_Conv();
  if (!HasTensors(run, 2) || !IsQuantized(run.x()) || !IsQuantized(run.y())) return false;
  if (!HasIntegerWeights(run, joint::Packing::O16I4)) return false;
  const joint::Tensor& weights = *run.inputs[1].tensor;
  const auto& w = *weights.shape();
  if (!FitsConvolution(run, conv, weights)) return false;
  const int64_t groups = conv.groups();
  if (groups < 1 || w[0] % groups != 0 || run.x().shape()->Get(3) != w[3] * groups) return false;
  const O16I4Geometry geometry(w[0], w[3], w[1], w[2], conv.groups(), conv.dilation_w());
  return geometry.bytes() * ElementSize(weights.dtype()) == weights.bytes() && run.y().shape()->Get(3) == w[0];
}

void RunConv(const LayerRun& run) {
  if (HasFloatOutput(run)) return RunFloatConv(run);
  const joint::Conv& options = *run.layer->options_as_Conv();
  const Operand& weights = run.inputs[1];
  const auto& shape = *weights.tensor->shape();
  Convolution conv;
  CopyCommon(options, conv);
  conv.groups = options.groups();
  conv.out_channels = shape[0];
  conv.kernel_h = shape[1];
  conv.kernel_w = shape[2];
  conv.in_channels = shape[3];
  const O16I4Geometry geometry(conv.out_channels, conv.in_channels, conv.kernel_h, conv.kernel_w, conv.groups,
                               conv.dilation_w);
  const PackedBytes packed(weights, geometry.bytes());
  for (int32_t oc = 0; oc < conv.out_channels; ++oc) {
    for (int32_t ky = 0; ky < conv.kernel_h; ++ky) {
      for (int32_t kx = 0; kx < conv.kernel_w; ++kx) {
        for (int32_t ic = 0; ic < conv.in_channels; ++ic) {
          conv.weights.push_back(static_cast<int16_t>(packed[geometry.Offset(oc, ic, ky, kx)]));
        }
      }
    }
  }
  RunConvolution(run, conv);
}

}  // namespace lockstep::engine
