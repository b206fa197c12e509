#include "ops/common/check_copy.h"

namespace lockstep::check {

Status CheckCopy(const LayerCheck& layer) {
  LOCKSTEP_RETURN_IF_ERROR(layer.InputCount(1, 1));
  return layer.SameValues(layer.input(0), layer.output());
}

}  // namespace lockstep::check
