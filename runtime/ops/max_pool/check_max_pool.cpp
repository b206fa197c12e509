#include "check/layer_check.h"
#include "ops/common/check_window.h"
#include "ops/max_pool/max_pool.h"

namespace lockstep::check {

Verdict CheckMaxPool(LayerCheck& layer) {
  const auto& o = layer.options<joint::MaxPool>();
  LOCKSTEP_RETURN_IF_FAULT(CheckImages(layer));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  if (x.dtype() != joint::DType::F32) LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("input", x));
  LOCKSTEP_RETURN_IF_FAULT(layer.SameValues(x, y));
  if (Shape(x)[3] != Shape(y)[3]) return layer.Wrong("shape", "input and output must have the same channels");
  LOCKSTEP_RETURN_IF_FAULT(CheckWindow(layer, PoolWindow(o), WindowInPadding::kRefused));
  return layer.Work(Elements(y), static_cast<uint64_t>(o.kernel_h()) * static_cast<uint64_t>(o.kernel_w()));
}

}  // namespace lockstep::check
