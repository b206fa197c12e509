#include "ops/common/check_copy.h"

namespace lockstep::check {

Verdict CheckCopy(const LayerCheck& layer) {
  LOCKSTEP_RETURN_IF_FAULT(layer.InputCount(1, 1));
  return layer.SameValues(layer.input(0), layer.output());
}

}  // namespace lockstep::check
