#include "check/layer_check.h"
#include "ops/add/add.h"
#include "ops/common/check_broadcast.h"

namespace lockstep::check {

Verdict CheckAdd(LayerCheck& layer) {
  const auto& o = layer.options<joint::Add>();
  LOCKSTEP_RETURN_IF_FAULT(CheckBroadcast(layer));
  if (layer.output().dtype() == joint::DType::F32) return Verdict::kPassed;
  if (o.subtract()) return layer.Wrong("subtract", "is for tensors of dtype f32");
  const bool narrow = layer.input(0).dtype() == joint::DType::U8 && layer.input(1).dtype() == joint::DType::U8 &&
                      layer.output().dtype() == joint::DType::U8;
  const int64_t limit = narrow ? 1 << 21 : 1 << 30;
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange("multiplier_a", o.multiplier_a(), -limit, limit));
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange("multiplier_b", o.multiplier_b(), -limit, limit));
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange("shift", o.shift(), 1, narrow ? 30 : 46));
  return layer.Clamp(o.clamp_low(), o.clamp_high(), High(layer.output()));
}

}  // namespace lockstep::check
