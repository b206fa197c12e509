#include "check/layer_check.h"
#include "ops/common/check_packed_weights.h"
#include "ops/common/check_window.h"
#include "ops/conv/conv.h"

namespace lockstep::check {

Verdict CheckConv(LayerCheck& layer) {
  const auto& o = layer.options<joint::Conv>();
  const bool is_float = kernels::kFloatLayers && layer.output().dtype() == joint::DType::F32;
  LOCKSTEP_RETURN_IF_FAULT(CheckPackedConv(layer, o.groups()));
  if (HasChannelScales(layer.input(0)) && o.groups() != Shape(layer.input(0))[3]) {
    return layer.Wrong("inputs", 0, "sums over channels need one scale for all of them");
  }
  const joint::Tensor& weights = layer.input(1);
  const int32_t* w = Shape(weights);
  LOCKSTEP_RETURN_IF_FAULT(CheckWindow(layer, ConvWindow(o, w[1], w[2]), WindowInPadding::kAllowed));
  LOCKSTEP_RETURN_IF_FAULT(layer.Work(Elements(layer.output()), static_cast<uint64_t>(Elements(weights) / w[0])));
  const PackedSums sums(o);
  if (is_float) return CheckFloatConv(layer, sums);
  LOCKSTEP_RETURN_IF_FAULT(CheckPackedSums(layer, sums, 1));
  PackedPart part;
  part.groups = o.groups();
  part.channels = w[0] / o.groups();
  part.segments = w[1];
  part.length = int64_t{w[2]} * w[3];
  if (o.dilation_w() > 1) {  // then every column of the window is a segment of its own
    part.segments *= w[2];
    part.length = w[3];
  }
  PackedBytes data;
  LOCKSTEP_RETURN_IF_FAULT(PackedData(layer, weights, part.bytes(), &data));
  return CheckPackedPart(layer, part, sums, &data);
}

}  // namespace lockstep::check
