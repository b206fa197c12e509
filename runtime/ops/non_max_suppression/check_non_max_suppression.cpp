#include "check/layer_check.h"
#include "ops/non_max_suppression/non_max_suppression.h"

namespace lockstep::check {

Verdict CheckNonMaxSuppression(LayerCheck& layer) {
  const auto& o = layer.options<joint::NonMaxSuppression>();
  LOCKSTEP_RETURN_IF_FAULT(layer.InputCount(2, 2));
  const joint::Tensor& boxes = layer.input(0);
  const joint::Tensor& scores = layer.input(1);
  const joint::Tensor& y = layer.output();
  LOCKSTEP_RETURN_IF_FAULT(layer.IsFloat("boxes", boxes));
  LOCKSTEP_RETURN_IF_FAULT(layer.IsFloat("scores", scores));
  if (y.dtype() != joint::DType::S64) return layer.Wrong("output", "must be of dtype s64");
  if (Rank(boxes) != 3 || Shape(boxes)[2] != 4)
    return layer.Wrong("boxes", "must have three axes, the last of 4 elements");
  if (Rank(scores) != 3 || Shape(scores)[0] != Shape(boxes)[0] || Shape(scores)[2] != Shape(boxes)[1]) {
    return layer.Wrong("scores", "must have three axes: batch, classes and boxes");
  }
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange("most", o.most(), 1, Shape(boxes)[1]));
  const int64_t rows = int64_t{Shape(scores)[0]} * Shape(scores)[1] * o.most();
  if (Rank(y) != 2 || Shape(y)[0] != rows || Shape(y)[1] != 3) {
    return layer.Wrong("shape", "the output must have three columns, and a row for every box that may be selected");
  }
  // A class is put into order, of which the logarithm is below 32, and each of its boxes compared with those selected:
  // some 25 operations, where a multiplication and an addition count as one.
  constexpr uint64_t kComparison = 16;
  return layer.Work(static_cast<uint64_t>(Elements(scores)), 32 + kComparison * static_cast<uint64_t>(o.most()));
}

}  // namespace lockstep::check
