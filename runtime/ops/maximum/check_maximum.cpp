#include "check/layer_check.h"
#include "ops/common/check_broadcast.h"
#include "ops/maximum/maximum.h"

namespace lockstep::check {

Verdict CheckMaximum(LayerCheck& layer) {
  const auto& o = layer.options<joint::Maximum>();
  LOCKSTEP_RETURN_IF_FAULT(CheckBroadcast(layer));
  if (layer.output().dtype() == joint::DType::F32) return Verdict::kPassed;
  LOCKSTEP_RETURN_IF_FAULT(layer.Multiplier("multiplier_a", o.multiplier_a(), o.shift_a()));
  LOCKSTEP_RETURN_IF_FAULT(layer.Multiplier("multiplier_b", o.multiplier_b(), o.shift_b()));
  return layer.Clamp(o.clamp_low(), o.clamp_high(), High(layer.output()));
}

}  // namespace lockstep::check
