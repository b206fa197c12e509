#include "check/layer_check.h"
#include "ops/common/check_broadcast.h"
#include "ops/mul/mul.h"

namespace lockstep::check {

Verdict CheckMul(LayerCheck& layer) {
  const auto& o = layer.options<joint::Mul>();
  LOCKSTEP_RETURN_IF_FAULT(CheckBroadcast(layer));
  if (layer.output().dtype() == joint::DType::F32) return Verdict::kPassed;
  if (o.divide()) return layer.Wrong("divide", "is for tensors of dtype f32");
  LOCKSTEP_RETURN_IF_FAULT(layer.Multiplier("multiplier", o.multiplier(), o.shift()));
  return layer.Clamp(o.clamp_low(), o.clamp_high(), High(layer.output()));
}

}  // namespace lockstep::check
