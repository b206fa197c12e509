#include "check/layer_check.h"
#include "joint_elements.h"
#include "ops/common/check_copy.h"
#include "ops/gather/gather.h"

namespace lockstep::check {
namespace {

// The largest bits of an element.
uint64_t LargestFill(const joint::Tensor& y) {
  if (y.dtype() == joint::DType::U8 || y.dtype() == joint::DType::U16) return static_cast<uint64_t>(High(y));
  return UINT64_MAX >> (64 - 8 * joint::ElementBytes(y.dtype()));
}

}  // namespace

Verdict CheckGather(LayerCheck& layer) {
  const auto& o = layer.options<joint::Gather>();
  LOCKSTEP_RETURN_IF_FAULT(CheckCopy(layer));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  if (Rank(x) != Rank(y)) return layer.Wrong("shape", "input and output must have the same number of axes");
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange("axis", o.axis(), 0, Rank(x) - 1));
  for (int i = 0; i < Rank(x); ++i) {
    if (i != o.axis() && Shape(x)[i] != Shape(y)[i]) {
      return layer.Wrong("shape", i, "input and output differ along another axis than that of the indices");
    }
  }
  const int32_t length = Shape(y)[o.axis()];
  LOCKSTEP_RETURN_IF_FAULT(layer.Length("length of index", o.index()->size(), length));
  if (!Spend(layer.model(), o.index()->size())) return layer.Wrong("index", "shared by too many layers");
  for (uint32_t i = 0; i < o.index()->size(); ++i) {
    LOCKSTEP_RETURN_IF_FAULT(layer.InRange("index", i, o.index()->Get(i), -1, Shape(x)[o.axis()] - 1));
  }
  if (o.fill() > LargestFill(y)) return layer.Wrong("fill", "is no element of the output's type");
  return Verdict::kPassed;
}

}  // namespace lockstep::check
