#include "check/layer_check.h"
#include "ops/common/check_copy.h"
#include "ops/slice/slice.h"

namespace lockstep::check {

Verdict CheckSlice(LayerCheck& layer) {
  const auto& o = layer.options<joint::Slice>();
  LOCKSTEP_RETURN_IF_FAULT(CheckCopy(layer));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  if (Rank(x) != Rank(y)) return layer.Wrong("shape", "input and output must have the same number of axes");
  LOCKSTEP_RETURN_IF_FAULT(layer.Length("length of start", o.start()->size(), Rank(x)));
  LOCKSTEP_RETURN_IF_FAULT(layer.Length("length of step", o.step()->size(), Rank(x)));
  for (int i = 0; i < Rank(x); ++i) {
    const auto axis = static_cast<uint32_t>(i);
    const int64_t start = o.start()->Get(axis);
    const int64_t step = o.step()->Get(axis);
    LOCKSTEP_RETURN_IF_FAULT(layer.InRange("start", axis, start, 0, Shape(x)[i] - 1));
    LOCKSTEP_RETURN_IF_FAULT(layer.InRange("step", axis, step, 1, kMaxExtent));
    if (start + (int64_t{Shape(y)[i]} - 1) * step >= Shape(x)[i]) {
      return layer.Wrong("step", i, "the slice leaves the input");
    }
  }
  return Verdict::kPassed;
}

}  // namespace lockstep::check
