#include "check/layer_check.h"
#include "ops/channel_lookup/channel_lookup.h"

namespace lockstep::check {

Status CheckChannelLookup(LayerCheck& layer) {
  LOCKSTEP_RETURN_IF_ERROR(layer.InputCount(1, 1));
  const joint::Tensor& x = layer.input(0);
  LOCKSTEP_RETURN_IF_ERROR(layer.IsU8("input", x));
  LOCKSTEP_RETURN_IF_ERROR(layer.IsU8("output", layer.output()));
  LOCKSTEP_RETURN_IF_ERROR(layer.SameShape(x, layer.output()));
  return layer.Table(int64_t{256} * Shape(x)[Rank(x) - 1], *layer.options<joint::ChannelLookup>().table());
}

}  // namespace lockstep::check
