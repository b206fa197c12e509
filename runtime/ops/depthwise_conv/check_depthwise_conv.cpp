#include <cstdlib>

#include "check/layer_check.h"
#include "ops/common/check_weighted_sum.h"
#include "ops/common/check_window.h"
#include "ops/depthwise_conv/depthwise_conv.h"

namespace lockstep::check {
namespace {

Status CheckPlainWeights(LayerCheck& layer, const joint::DepthwiseConv& options, const joint::Tensor& weights) {
  if (!Spend(layer.model(), weights.bytes())) return layer.Wrong("weights", "shared by too many layers");
  const auto& constants = *layer.model().model.constants();
  const auto* data = reinterpret_cast<const int8_t*>(constants[weights.constant()]->data()->data());
  const int64_t channels = Shape(weights)[3];
  const int64_t window = static_cast<int64_t>(Shape(weights)[1]) * Shape(weights)[2];
  for (int64_t channel = 0; channel < channels; ++channel) {
    int64_t absolute = 0;
    for (int64_t i = 0; i < window; ++i) {
      const int8_t weight = data[i * channels + channel];
      if (weight == -128) return layer.Wrong("weights", "-128 is outside the symmetric range");
      absolute += std::abs(weight);
    }
    const auto entry = static_cast<uint32_t>(channel);
    LOCKSTEP_RETURN_IF_ERROR(
        CheckAccumulator(layer, entry, options.acc_init()->Get(entry), options.shift()->Get(entry), absolute, 32));
  }
  return Status::Ok();
}

}  // namespace

Status CheckDepthwiseConv(LayerCheck& layer) {
  const auto& o = layer.options<joint::DepthwiseConv>();
  const bool is_float = layer.output().dtype() == joint::DType::F32;
  LOCKSTEP_RETURN_IF_ERROR(CheckImages(layer, is_float ? 3 : 2));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  if (!is_float) LOCKSTEP_RETURN_IF_ERROR(layer.IsU8("input", x));
  LOCKSTEP_RETURN_IF_ERROR(CheckWeights(layer, is_float ? joint::DType::F32 : joint::DType::S8, joint::Packing::Plain));
  const joint::Tensor& weights = layer.input(1);
  const int32_t* w = Shape(weights);
  if (w[0] != 1 || w[3] != Shape(x)[3] || w[3] != Shape(y)[3]) {
    return layer.Wrong("weights", "must have the shape 1, height, width, channels of input and output");
  }
  LOCKSTEP_RETURN_IF_ERROR(CheckWindow(layer, ConvWindow(o, w[1], w[2]), WindowInPadding::kAllowed));
  LOCKSTEP_RETURN_IF_ERROR(layer.Work(Elements(y), static_cast<uint64_t>(w[1]) * w[2]));
  if (is_float) return CheckFloatSum(layer, o);
  LOCKSTEP_RETURN_IF_ERROR(CheckRequantization(layer, o));
  return CheckPlainWeights(layer, o, weights);
}

}  // namespace lockstep::check
