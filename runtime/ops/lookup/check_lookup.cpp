#include "check/layer_check.h"
#include "ops/lookup/lookup.h"

namespace lockstep::check {

Verdict CheckLookup(LayerCheck& layer) {
  LOCKSTEP_RETURN_IF_FAULT(layer.InputCount(1, 1));
  const joint::Tensor& x = layer.input(0);
  LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("input", x));
  LOCKSTEP_RETURN_IF_FAULT(layer.Since(2, "input", x.dtype() == joint::DType::U16));
  LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("output", layer.output()));
  LOCKSTEP_RETURN_IF_FAULT(layer.SameShape(x, layer.output()));
  return layer.Table(TableEntries(x), *layer.options<joint::Lookup>().table());
}

}  // namespace lockstep::check
