#include "check/layer_check.h"
#include "ops/channel_lookup/channel_lookup.h"

namespace lockstep::check {

Status CheckChannelLookup(LayerCheck& layer) {
  LOCKSTEP_RETURN_IF_ERROR(layer.InputCount(1, 1));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("input", x));
  LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("output", y));
  LOCKSTEP_RETURN_IF_ERROR(layer.Since(2, "input", x.dtype() == joint::DType::U16));
  LOCKSTEP_RETURN_IF_ERROR(layer.Since(2, "output", y.dtype() == joint::DType::U16));
  LOCKSTEP_RETURN_IF_ERROR(layer.SameShape(x, y));
  return layer.Table(TableEntries(x) * Shape(x)[Rank(x) - 1], *layer.options<joint::ChannelLookup>().table());
}

}  // namespace lockstep::check
