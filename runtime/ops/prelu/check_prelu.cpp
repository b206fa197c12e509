#include "arithmetic/rq1.h"
#include "check/layer_check.h"
#include "ops/prelu/prelu.h"

namespace lockstep::check {
namespace {

Verdict CheckTypes(const LayerCheck& layer) {
  const joint::Tensor& slope = layer.input(1);
  if (layer.output().dtype() == joint::DType::F32) {
    LOCKSTEP_RETURN_IF_FAULT(layer.IsFloat("input", layer.input(0)));
    LOCKSTEP_RETURN_IF_FAULT(layer.IsFloat("slope", slope));
  } else {
    LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("input", layer.input(0)));
    LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("output", layer.output()));
    if (slope.dtype() != joint::DType::S8 && slope.dtype() != joint::DType::S16) {
      return layer.Wrong("slope", "must be of dtype s8 or s16");
    }
  }
  return slope.constant() >= 0 ? Verdict::kPassed : layer.Wrong("slope", "must be a constant");
}

Verdict CheckSlopes(const LayerCheck& layer) {
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& slope = layer.input(1);
  const int missing = Rank(x) - Rank(slope);
  if (missing < 0) return layer.Wrong("slope", "has more axes than the input");
  for (int i = 0; i < Rank(slope); ++i) {
    if (Shape(slope)[i] != 1 && Shape(slope)[i] != Shape(x)[i + missing]) {
      return layer.Wrong("slope", "its shape cannot be broadcast to the input's");
    }
  }
  return Verdict::kPassed;
}

}  // namespace

Verdict CheckPRelu(LayerCheck& layer) {
  const auto& o = layer.options<joint::PRelu>();
  LOCKSTEP_RETURN_IF_FAULT(layer.InputCount(2, 2));
  const joint::Tensor& y = layer.output();
  LOCKSTEP_RETURN_IF_FAULT(CheckTypes(layer));
  LOCKSTEP_RETURN_IF_FAULT(layer.SameShape(layer.input(0), y));
  LOCKSTEP_RETURN_IF_FAULT(CheckSlopes(layer));
  if (y.dtype() == joint::DType::F32) return Verdict::kPassed;
  LOCKSTEP_RETURN_IF_FAULT(layer.Multiplier("multiplier", o.multiplier(), o.shift()));
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange("slope_shift", o.slope_shift(), rq1::kMinShift, rq1::kMaxShift));
  LOCKSTEP_RETURN_IF_FAULT(layer.Multiplier("slope_multiplier", o.slope_multiplier(), o.slope_shift()));
  return layer.Clamp(o.clamp_low(), o.clamp_high(), High(y));
}

}  // namespace lockstep::check
