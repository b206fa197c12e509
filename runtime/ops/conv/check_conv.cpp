#include "core/layer_check.h"
#include "ops/common/check_packed_weights.h"
#include "ops/common/check_weighted_sum.h"
#include "ops/common/check_window.h"
#include "ops/conv/conv.h"

namespace lockstep::check {
namespace {

Status CheckFloatConv(LayerCheck& layer, const joint::Conv& o, const joint::Tensor& weights) {
  LOCKSTEP_RETURN_IF_ERROR(CheckFloatSum(layer, o));
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("length of weight_sum", o.weight_sum()->size(), 0, 0));
  return CheckFloatWeights(layer, weights, o.groups());
}

}  // namespace

Status CheckConv(LayerCheck& layer) {
  const auto& o = layer.options<joint::Conv>();
  const bool is_float = layer.output().dtype() == joint::DType::F32;
  LOCKSTEP_RETURN_IF_ERROR(CheckImages(layer, is_float ? 3 : 2));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  if (!is_float) LOCKSTEP_RETURN_IF_ERROR(layer.IsU8("input", x));
  LOCKSTEP_RETURN_IF_ERROR(CheckWeights(layer, is_float ? joint::DType::F32 : joint::DType::S8,
                                        is_float ? joint::Packing::O16 : joint::Packing::O16I4));
  const joint::Tensor& weights = layer.input(1);
  const int32_t* w = Shape(weights);
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("groups", o.groups(), 1, Shape(x)[3]));
  if (w[0] != Shape(y)[3] || w[0] % o.groups() != 0 || static_cast<int64_t>(w[3]) * o.groups() != Shape(x)[3]) {
    return layer.Wrong("groups", "the channels of input, weights and output do not fit together");
  }
  LOCKSTEP_RETURN_IF_ERROR(CheckWindow(layer, ConvWindow(o, w[1], w[2]), WindowInPadding::kAllowed));
  LOCKSTEP_RETURN_IF_ERROR(layer.Work(Elements(y), static_cast<uint64_t>(Elements(weights) / w[0])));
  if (is_float) return CheckFloatConv(layer, o, weights);
  LOCKSTEP_RETURN_IF_ERROR(CheckRequantization(layer, o));
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("length of weight_sum", o.weight_sum()->size(), w[0], w[0]));
  if (o.acc_bits() != 32 && o.acc_bits() != 64) return layer.Wrong("acc_bits", "must be 32 or 64");
  PackedPart part;
  part.groups = o.groups();
  part.channels = w[0] / o.groups();
  part.segments = w[1];
  part.length = int64_t{w[2]} * w[3];
  if (o.dilation_w() > 1) {  // then every column of the window is a segment of its own
    part.segments *= w[2];
    part.length = w[3];
  }
  const int8_t* data = nullptr;
  LOCKSTEP_RETURN_IF_ERROR(PackedData(layer, weights, part.bytes(), &data));
  return CheckPackedPart(layer, part, {o.acc_init(), o.weight_sum(), o.shift(), o.acc_bits()}, &data);
}

}  // namespace lockstep::check
