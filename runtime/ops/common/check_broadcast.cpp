#include "ops/common/check_broadcast.h"

#include <algorithm>

namespace lockstep::check {
namespace {

// The extent of a tensor at an axis of a tensor of `rank` axes: missing axes are the outer ones and count as 1.
int32_t Extent(const joint::Tensor& tensor, int axis, int rank) {
  const int own = axis - (rank - Rank(tensor));
  return own < 0 ? 1 : Shape(tensor)[own];
}

}  // namespace

Verdict CheckBroadcast(const LayerCheck& layer) {
  LOCKSTEP_RETURN_IF_FAULT(layer.InputCount(2, 2));
  const joint::Tensor& a = layer.input(0);
  const joint::Tensor& b = layer.input(1);
  const joint::Tensor& y = layer.output();
  if (y.dtype() == joint::DType::F32) {
    LOCKSTEP_RETURN_IF_FAULT(layer.IsFloat("input a", a));
    LOCKSTEP_RETURN_IF_FAULT(layer.IsFloat("input b", b));
  } else {
    LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("input a", a));
    LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("input b", b));
    LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("output", y));
  }
  if (Rank(y) != std::max(Rank(a), Rank(b))) {
    return layer.Wrong("shape", "the output must have as many axes as the larger input");
  }
  for (int i = 0; i < Rank(y); ++i) {
    const int32_t left = Extent(a, i, Rank(y));
    const int32_t right = Extent(b, i, Rank(y));
    if ((left != right && left != 1 && right != 1) || Shape(y)[i] != std::max(left, right)) {
      return layer.Wrong("shape", "the output's is not the broadcast of the inputs'");
    }
  }
  return Verdict::kPassed;
}

}  // namespace lockstep::check
