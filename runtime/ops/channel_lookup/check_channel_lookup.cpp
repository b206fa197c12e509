#include "check/layer_check.h"
#include "ops/channel_lookup/channel_lookup.h"

namespace lockstep::check {

Verdict CheckChannelLookup(LayerCheck& layer) {
  LOCKSTEP_RETURN_IF_FAULT(layer.InputCount(1, 1));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("input", x));
  LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("output", y));
  LOCKSTEP_RETURN_IF_FAULT(layer.Since(2, "input", x.dtype() == joint::DType::U16));
  LOCKSTEP_RETURN_IF_FAULT(layer.Since(2, "output", y.dtype() == joint::DType::U16));
  LOCKSTEP_RETURN_IF_FAULT(layer.SameShape(x, y));
  return layer.Table(TableEntries(x) * Shape(x)[Rank(x) - 1], *layer.options<joint::ChannelLookup>().table());
}

}  // namespace lockstep::check
