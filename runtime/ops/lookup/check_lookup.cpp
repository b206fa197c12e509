#include "check/layer_check.h"
#include "ops/lookup/lookup.h"

namespace lockstep::check {

Status CheckLookup(LayerCheck& layer) {
  LOCKSTEP_RETURN_IF_ERROR(layer.InputCount(1, 1));
  LOCKSTEP_RETURN_IF_ERROR(layer.IsU8("input", layer.input(0)));
  LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("output", layer.output()));
  LOCKSTEP_RETURN_IF_ERROR(layer.SameShape(layer.input(0), layer.output()));
  return layer.Table(256, *layer.options<joint::Lookup>().table());
}

}  // namespace lockstep::check
