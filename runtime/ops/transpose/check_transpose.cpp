#include "check/layer_check.h"
#include "ops/common/check_copy.h"
#include "ops/transpose/transpose.h"

namespace lockstep::check {

Verdict CheckTranspose(LayerCheck& layer) {
  const auto& o = layer.options<joint::Transpose>();
  LOCKSTEP_RETURN_IF_FAULT(CheckCopy(layer));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  if (Rank(x) != Rank(y)) return layer.Wrong("shape", "input and output must have the same number of axes");
  LOCKSTEP_RETURN_IF_FAULT(layer.Length("length of perm", o.perm()->size(), Rank(x)));
  uint32_t seen = 0;
  for (int i = 0; i < Rank(x); ++i) {
    const int32_t axis = o.perm()->Get(static_cast<uint32_t>(i));
    LOCKSTEP_RETURN_IF_FAULT(layer.InRange("perm", static_cast<uint32_t>(i), axis, 0, Rank(x) - 1));
    if ((seen >> axis & 1) != 0) return layer.Wrong("perm", i, "occurs twice");
    seen |= 1U << axis;
    if (i == Rank(x) - 1 && axis != i && HasChannelScales(x)) {
      return layer.Wrong("perm", i, "channels with a scale for each must stay the last axis");
    }
    if (Shape(y)[i] != Shape(x)[axis]) return layer.Wrong("shape", "the output's is not the permuted input's");
  }
  return Verdict::kPassed;
}

}  // namespace lockstep::check
