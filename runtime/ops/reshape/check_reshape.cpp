#include "check/layer_check.h"
#include "ops/common/check_copy.h"
#include "ops/reshape/reshape.h"

namespace lockstep::check {

Verdict CheckReshape(LayerCheck& layer) {
  LOCKSTEP_RETURN_IF_FAULT(CheckCopy(layer));
  if (Elements(layer.input(0)) == Elements(layer.output())) return Verdict::kPassed;
  return layer.Wrong("shape", "input and output must have the same number of elements");
}

}  // namespace lockstep::check
