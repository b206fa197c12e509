#include "check/layer_check.h"
#include "ops/common/check_copy.h"
#include "ops/common/check_reduce.h"
#include "ops/reduce_max/reduce_max.h"

namespace lockstep::check {

Verdict CheckReduceMax(LayerCheck& layer) {
  LOCKSTEP_RETURN_IF_FAULT(CheckCopy(layer));
  const joint::Tensor& x = layer.input(0);
  if (x.dtype() != joint::DType::F32) LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("input", x));
  LOCKSTEP_RETURN_IF_FAULT(CheckReduce(layer, *layer.options<joint::ReduceMax>().axes()));
  return layer.Work(static_cast<uint64_t>(Elements(x)), 1);
}

}  // namespace lockstep::check
