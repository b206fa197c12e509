#include "check/layer_check.h"
#include "ops/dequantize/dequantize.h"

namespace lockstep::check {

Verdict CheckDequantize(LayerCheck& layer) {
  LOCKSTEP_RETURN_IF_FAULT(layer.InputCount(1, 1));
  LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("input", layer.input(0)));
  if (layer.output().dtype() != joint::DType::F32) return layer.Wrong("output", "must be of dtype f32");
  return layer.SameShape(layer.input(0), layer.output());
}

}  // namespace lockstep::check
