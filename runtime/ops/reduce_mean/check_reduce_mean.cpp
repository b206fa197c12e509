#include "check/layer_check.h"
#include "ops/common/check_reduce.h"
#include "ops/reduce_mean/reduce_mean.h"

namespace lockstep::check {
Verdict CheckReduceMean(LayerCheck& layer) {
  const auto& o = layer.options<joint::ReduceMean>();
  LOCKSTEP_RETURN_IF_FAULT(layer.InputCount(1, 1));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  const bool is_float = y.dtype() == joint::DType::F32;
  if (!is_float) LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("output", y));
  LOCKSTEP_RETURN_IF_FAULT(is_float ? layer.IsFloat("input", x) : layer.IsQuantized("input", x));
  LOCKSTEP_RETURN_IF_FAULT(CheckReduce(layer, *o.axes()));
  LOCKSTEP_RETURN_IF_FAULT(layer.Work(static_cast<uint64_t>(Elements(x)), 1));
  if (is_float) return Verdict::kPassed;
  LOCKSTEP_RETURN_IF_FAULT(layer.Multiplier("multiplier", o.multiplier(), o.shift()));
  LOCKSTEP_RETURN_IF_FAULT(layer.Clamp(o.clamp_low(), o.clamp_high(), High(y)));
  // A tensor has fewer than 2^31 elements, so that a sum is below 2^47; what requantisation makes of it must stay
  // within 64 bits too.
  const int64_t bound = Elements(x) / Elements(y) * TypeHigh(x);
  if (o.shift() >= 0 || bound < int64_t{1} << (61 + o.shift())) return Verdict::kPassed;
  return layer.Wrong("shift", "the scaled sum leaves 64 bits");
}

}  // namespace lockstep::check
