#include "check/layer_check.h"
#include "ops/concat/concat.h"

namespace lockstep::check {

Verdict CheckConcat(LayerCheck& layer) {
  const auto& o = layer.options<joint::Concat>();
  const joint::Tensor& y = layer.output();
  const bool to_float = y.dtype() == joint::DType::F32;
  if (!to_float) LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("output", y));
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange("axis", o.axis(), 0, Rank(y) - 1));
  const uint32_t entries = to_float ? 0 : static_cast<uint32_t>(layer.input_count());
  if ((o.multiplier() != nullptr ? o.multiplier()->size() : 0) != entries) {
    return layer.Wrong("multiplier", "must have one entry per input, and none for a float output");
  }
  if ((o.shift() != nullptr ? o.shift()->size() : 0) != entries) {
    return layer.Wrong("shift", "must have one entry per input, and none for a float output");
  }
  int64_t extent = 0;
  for (int32_t i = 0; i < layer.input_count(); ++i) {
    const joint::Tensor& x = layer.input(i);
    if (!to_float || x.dtype() != joint::DType::F32) LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("input", x));
    if (Rank(x) != Rank(y)) return layer.Wrong("inputs", i, "must have as many axes as the output");
    for (int axis = 0; axis < Rank(y); ++axis) {
      if (axis != o.axis() && Shape(x)[axis] != Shape(y)[axis]) {
        return layer.Wrong("inputs", i, "the shape does not fit the output's");
      }
    }
    extent += Shape(x)[o.axis()];
    if (to_float) continue;
    const auto entry = static_cast<uint32_t>(i);
    if (o.multiplier()->Get(entry) == 0) {
      LOCKSTEP_RETURN_IF_FAULT(layer.SameValues(x, y));
      LOCKSTEP_RETURN_IF_FAULT(layer.InRange("shift", entry, o.shift()->Get(entry), 0, 0));
    } else {
      LOCKSTEP_RETURN_IF_FAULT(layer.Multiplier("multiplier", o.multiplier()->Get(entry), o.shift()->Get(entry)));
      LOCKSTEP_RETURN_IF_FAULT(layer.Since(2, "quantization.bits", !HasAllBits(y)));
    }
  }
  if (extent != Shape(y)[o.axis()]) return layer.Wrong("shape", "the inputs' extents do not add up to the output's");
  return Verdict::kPassed;
}

}  // namespace lockstep::check
