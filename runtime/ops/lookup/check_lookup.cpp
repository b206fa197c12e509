#include "check/layer_check.h"
#include "ops/lookup/lookup.h"

namespace lockstep::check {

Status CheckLookup(LayerCheck& layer) {
  LOCKSTEP_RETURN_IF_ERROR(layer.InputCount(1, 1));
  const joint::Tensor& x = layer.input(0);
  LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("input", x));
  LOCKSTEP_RETURN_IF_ERROR(layer.Since(2, "input", x.dtype() == joint::DType::U16));
  LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("output", layer.output()));
  LOCKSTEP_RETURN_IF_ERROR(layer.SameShape(x, layer.output()));
  return layer.Table(TableEntries(x), *layer.options<joint::Lookup>().table());
}

}  // namespace lockstep::check
