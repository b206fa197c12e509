#include "check/layer_check.h"
#include "ops/top_k/top_k.h"

namespace lockstep::check {

Verdict CheckTopK(LayerCheck& layer) {
  const auto& o = layer.options<joint::TopK>();
  LOCKSTEP_RETURN_IF_FAULT(layer.InputCount(1, 1));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& values = layer.output(0);
  const joint::Tensor& indices = layer.output(1);
  if (x.dtype() != joint::DType::F32) LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("input", x));
  LOCKSTEP_RETURN_IF_FAULT(layer.SameValues(x, values));
  if (indices.dtype() != joint::DType::S64) return layer.Wrong("outputs", 1, "the indices must be of dtype s64");
  LOCKSTEP_RETURN_IF_FAULT(layer.SameShape(values, indices));
  if (Rank(x) != Rank(values)) return layer.Wrong("shape", "input and output must have the same number of axes");
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange("axis", o.axis(), 0, Rank(x) - 1));
  for (int i = 0; i < Rank(x); ++i) {
    const int32_t extent = Shape(x)[i];
    if (i == o.axis() ? Shape(values)[i] > extent : Shape(values)[i] != extent) {
      return layer.Wrong("shape", i == o.axis() ? "more elements are taken than the axis has"
                                                : "input and output may differ along the axis alone");
    }
  }
  // A row is put into order, of which the logarithm is below 32.
  return layer.Work(static_cast<uint64_t>(Elements(x)), 32);
}

}  // namespace lockstep::check
