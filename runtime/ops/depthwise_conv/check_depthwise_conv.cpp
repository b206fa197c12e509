#include <cstdlib>
#include <limits>

#include "arithmetic/rq1.h"
#include "check/layer_check.h"
#include "ops/common/check_weighted_sum.h"
#include "ops/common/check_window.h"
#include "ops/depthwise_conv/depthwise_conv.h"

namespace lockstep::check {
namespace {

template <typename Weight>
Verdict CheckPlainWeights(LayerCheck& layer, const SumOptions& options, const joint::Tensor& weights) {
  if (!Spend(layer.model(), weights.bytes())) return layer.Wrong("weights", "shared by too many layers");
  const auto& constants = *layer.model().model.constants();
  const auto* data = reinterpret_cast<const Weight*>(constants[weights.constant()]->data()->data());
  const int64_t channels = Shape(weights)[3];
  const int64_t window = static_cast<int64_t>(Shape(weights)[1]) * Shape(weights)[2];
  for (int64_t channel = 0; channel < channels; ++channel) {
    int64_t absolute = 0;
    for (int64_t i = 0; i < window; ++i) {
      const Weight weight = data[i * channels + channel];
      if (weight == std::numeric_limits<Weight>::min()) {
        return layer.Wrong("weights", sizeof weight == 1 ? "-128 is outside the symmetric range"
                                                         : "-32768 is outside the symmetric range");
      }
      if (sizeof weight > 1 && std::abs(int32_t{weight}) > rq1::kHighestLongWeight) {
        return layer.Wrong("weights", "must be within -32512..32512");
      }
      absolute += std::abs(weight);
    }
    const auto entry = static_cast<uint32_t>(channel);
    LOCKSTEP_RETURN_IF_FAULT(
        CheckAccumulator(layer, {entry, options.start(entry), options.shift->Get(entry), absolute}, options.acc_bits));
  }
  return Verdict::kPassed;
}

}  // namespace

Verdict CheckDepthwiseConv(LayerCheck& layer) {
  const auto& o = layer.options<joint::DepthwiseConv>();
  const bool is_float = layer.output().dtype() == joint::DType::F32;
  LOCKSTEP_RETURN_IF_FAULT(CheckImages(layer, is_float ? 3 : 2));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  LOCKSTEP_RETURN_IF_FAULT(is_float ? CheckWeights(layer, joint::DType::F32, joint::Packing::Plain)
                                    : CheckSummed(layer, joint::Packing::Plain));
  const joint::Tensor& weights = layer.input(1);
  const int32_t* w = Shape(weights);
  if (w[0] != 1 || w[3] != Shape(x)[3] || w[3] != Shape(y)[3]) {
    return layer.Wrong("weights", "must have the shape 1, height, width, channels of input and output");
  }
  LOCKSTEP_RETURN_IF_FAULT(CheckWindow(layer, ConvWindow(o, w[1], w[2]), WindowInPadding::kAllowed));
  LOCKSTEP_RETURN_IF_FAULT(layer.Work(Elements(y), static_cast<uint64_t>(w[1]) * w[2]));
  const SumOptions sums(o);
  if (is_float) return CheckFloatSum(layer, sums);
  LOCKSTEP_RETURN_IF_FAULT(CheckRequantization(layer, sums));
  LOCKSTEP_RETURN_IF_FAULT(layer.Since(2, "acc_bits", sums.acc_bits != 32));
  return weights.dtype() == joint::DType::S16 ? CheckPlainWeights<int16_t>(layer, sums, weights)
                                              : CheckPlainWeights<int8_t>(layer, sums, weights);
}

}  // namespace lockstep::check
