#include "engine/reference/convolution.h"
#include "engine/reference/float_layers.h"
#include "engine/reference/layers.h"
#include "engine/reference/tensor_values.h"
#include "engine/reference/weights.h"

namespace lockstep::engine {
bool FitsDepthwiseConv(const LayerRun& run) {
  if (HasFloatOutput(run)) return FitsFloatDepthwiseConv(run);
  const joint::DepthwiseConv& conv = *run.layer->options_as_DepthwiseConv();
  if (!HasTensors(run, 2) || !IsQuantized(run.x()) || !IsQuantized(run.y())) return false;
  if (!HasIntegerWeights(run, joint::Packing::Plain)) return false;
  const joint::Tensor& weights = *run.inputs[1].tensor;
  const auto& w = *weights.shape();
  return FitsConvolution(run, conv, weights) && w[0] == 1 && run.x().shape()->Get(3) == w[3] &&
         run.y().shape()->Get(3) == w[3];
}

std::vector<int32_t> DepthwiseConvWeights(const LayerRun& run) {
  const std::vector<int32_t> values = ReadElements(run.inputs[1]);
  const auto& shape = *run.inputs[1].tensor->shape();
  const int32_t taps = shape[1] * shape[2];
  std::vector<int32_t> weights;
  for (int32_t c = 0; c < shape[3]; ++c) {
    for (int32_t k = 0; k < taps; ++k) weights.push_back(values[static_cast<size_t>(k) * shape[3] + c]);
  }
  return weights;
}

void RunDepthwiseConv(const LayerRun& run) {
  if (HasFloatOutput(run)) return RunFloatDepthwiseConv(run);
  const joint::DepthwiseConv& options = *run.layer->options_as_DepthwiseConv();
  const auto& shape = *run.inputs[1].tensor->shape();
  const std::vector<int32_t> weights = DepthwiseConvWeights(run);
  Convolution conv;
  CopyCommon(options, conv);
  conv.kernel_h = shape[1];
  conv.kernel_w = shape[2];
  conv.groups = conv.out_channels = shape[3];
  conv.in_channels = 1;
  conv.weights.assign(weights.begin(), weights.end());
  RunConvolution(run, conv);
}

}  // namespace lockstep::engine
