#include "check/layer_check.h"
#include "ops/common/check_copy.h"
#include "ops/reshape/reshape.h"

namespace lockstep::check {

Status CheckReshape(LayerCheck& layer) {
  LOCKSTEP_RETURN_IF_ERROR(CheckCopy(layer));
  if (Elements(layer.input(0)) == Elements(layer.output())) return Status::Ok();
  return layer.Wrong("shape", "input and output must have the same number of elements");
}

}  // namespace lockstep::check
