#include "check/layer_check.h"
#include "ops/rescale/rescale.h"

namespace lockstep::check {

Verdict CheckRescale(LayerCheck& layer) {
  const auto& o = layer.options<joint::Rescale>();
  LOCKSTEP_RETURN_IF_FAULT(layer.InputCount(1, 1));
  const joint::DType dtype = layer.input(0).dtype();
  const bool is_signed = dtype == joint::DType::S8 || dtype == joint::DType::S16;
  if (!is_signed) LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("input", layer.input(0)));
  if (is_signed && layer.input(0).constant() >= 0)
    return layer.Wrong("input", "must not be a constant of signed integers");
  LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("output", layer.output()));
  LOCKSTEP_RETURN_IF_FAULT(layer.SameShape(layer.input(0), layer.output()));
  LOCKSTEP_RETURN_IF_FAULT(layer.Since(2, "quantization.bits", !HasAllBits(layer.output())));
  return layer.Multiplier("multiplier", o.multiplier(), o.shift());
}

}  // namespace lockstep::check
