#include "check/layer_check.h"
#include "ops/unary/unary.h"

namespace lockstep::check {

Verdict CheckUnary(LayerCheck& layer) {
  const auto& o = layer.options<joint::Unary>();
  LOCKSTEP_RETURN_IF_FAULT(layer.InputCount(1, 1));
  LOCKSTEP_RETURN_IF_FAULT(layer.IsFloat("input", layer.input(0)));
  LOCKSTEP_RETURN_IF_FAULT(layer.IsFloat("output", layer.output()));
  LOCKSTEP_RETURN_IF_FAULT(layer.SameShape(layer.input(0), layer.output()));
  return layer.InRange("function", static_cast<int64_t>(o.function()), 0,
                       static_cast<int64_t>(joint::UnaryFunction::MAX));
}

}  // namespace lockstep::check
