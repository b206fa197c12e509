#include "check/layer_check.h"
#include "ops/quantize/quantize.h"

namespace lockstep::check {

Verdict CheckQuantize(LayerCheck& layer) {
  const auto& o = layer.options<joint::Quantize>();
  LOCKSTEP_RETURN_IF_FAULT(layer.InputCount(1, 1));
  LOCKSTEP_RETURN_IF_FAULT(layer.IsFloat("input", layer.input(0)));
  LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("output", layer.output()));
  LOCKSTEP_RETURN_IF_FAULT(layer.SameShape(layer.input(0), layer.output()));
  // A NaN becomes the zero point, which therefore is within the limits.
  const int32_t zero_point = ZeroPoint(layer.output());
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange("clamp_low", o.clamp_low(), 0, zero_point));
  return layer.InRange("clamp_high", o.clamp_high(), zero_point, High(layer.output()));
}

}  // namespace lockstep::check
