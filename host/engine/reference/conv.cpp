#include "engine/reference/convolution.h"
#include "engine/reference/float_layers.h"
#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"
#include "engine/reference/weights.h"

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

std::vector<int32_t> ConvWeights(const LayerRun& run) {
  const Operand& weights = run.inputs[1];
  const auto& shape = *weights.tensor->shape();
  const joint::Conv& options = *run.layer->options_as_Conv();
  const O16I4Geometry geometry(shape[0], shape[3], shape[1], shape[2], options.groups(), options.dilation_w());
  const PackedBytes packed(weights, geometry.bytes());
  std::vector<int32_t> values;
  for (int32_t oc = 0; oc < shape[0]; ++oc) {
    for (int32_t ky = 0; ky < shape[1]; ++ky) {
      for (int32_t kx = 0; kx < shape[2]; ++kx) {
        for (int32_t ic = 0; ic < shape[3]; ++ic) values.push_back(packed[geometry.Offset(oc, ic, ky, kx)]);
      }
    }
  }
  return values;
}

void RunConv(const LayerRun& run) {
  if (HasFloatOutput(run)) return RunFloatConv(run);
  const joint::Conv& options = *run.layer->options_as_Conv();
  const auto& shape = *run.inputs[1].tensor->shape();
  const std::vector<int32_t> weights = ConvWeights(run);
  Convolution conv;
  CopyCommon(options, conv);
  conv.groups = options.groups();
  conv.out_channels = shape[0];
  conv.kernel_h = shape[1];
  conv.kernel_w = shape[2];
  conv.in_channels = shape[3];
  conv.weights.assign(weights.begin(), weights.end());
  RunConvolution(run, conv);
}

}  // namespace lockstep::engine
