#include "core/layer_check.h"
#include "ops/rescale/rescale.h"

namespace lockstep::check {

Status CheckRescale(LayerCheck& layer) {
  const auto& o = layer.options<joint::Rescale>();
  LOCKSTEP_RETURN_IF_ERROR(layer.InputCount(1, 1));
  LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("input", layer.input(0)));
  LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("output", layer.output()));
  LOCKSTEP_RETURN_IF_ERROR(layer.SameShape(layer.input(0), layer.output()));
  LOCKSTEP_RETURN_IF_ERROR(layer.OutputHasAllBits());
  return layer.Multiplier("multiplier", o.multiplier(), o.shift());
}

}  // namespace lockstep::check
