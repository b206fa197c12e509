#include <algorithm>

#include "check/layer_check.h"
#include "ops/softmax/softmax.h"

namespace lockstep::check {
namespace {

constexpr int64_t kByteEntries = 256;
constexpr int64_t kLargestNumerator = int64_t{1} << 23;

}  // namespace

Verdict CheckSoftmax(LayerCheck& layer) {
  const auto& o = layer.options<joint::Softmax>();
  LOCKSTEP_RETURN_IF_FAULT(layer.InputCount(1, 1));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  LOCKSTEP_RETURN_IF_FAULT(layer.SameShape(x, y));
  if (y.dtype() == joint::DType::F32) {
    LOCKSTEP_RETURN_IF_FAULT(layer.IsFloat("input", x));
    return layer.Length("length of table", o.table()->size(), 0);
  }
  LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("input", x));
  LOCKSTEP_RETURN_IF_FAULT(layer.IsQuantized("output", y));
  const bool wide = x.dtype() == joint::DType::U16;
  LOCKSTEP_RETURN_IF_FAULT(layer.Since(2, "input", wide));
  LOCKSTEP_RETURN_IF_FAULT(
      layer.InRange("length of table", o.table()->size(), wide ? 1 : kByteEntries, wide ? High(x) + 1 : kByteEntries));
  if (!Spend(layer.model(), o.table()->size())) return layer.Wrong("table", "shared by too many layers");
  const auto row = static_cast<uint64_t>(Shape(x)[Rank(x) - 1]);
  const uint32_t* table = o.table()->data();
  const uint64_t largest = *std::max_element(table, table + o.table()->size());
  if (table[0] == 0) return layer.Wrong("table", "the first entry must not be 0, or a sum could be");
  if (largest * row >= uint64_t{1} << 32) return layer.Wrong("table", "the sum of a row leaves 32 bits");
  LOCKSTEP_RETURN_IF_FAULT(layer.InRange("numerator", o.numerator(), 1, kLargestNumerator));
  LOCKSTEP_RETURN_IF_FAULT(layer.Since(2, "numerator", o.numerator() != TypeHigh(y) + 1));
  LOCKSTEP_RETURN_IF_FAULT(layer.Since(2, "quantization.bits", !HasAllBits(y)));
  if (ZeroPoint(y) != 0 || Scale(y) != 1.0F / static_cast<float>(o.numerator())) {
    return layer.Wrong("quantization", "the output's scale must be 1 / numerator, its zero point 0");
  }
  return Verdict::kPassed;
}

}  // namespace lockstep::check
