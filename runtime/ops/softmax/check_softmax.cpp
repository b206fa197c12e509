#include <algorithm>

#include "check/layer_check.h"
#include "ops/softmax/softmax.h"

namespace lockstep::check {

Status CheckSoftmax(LayerCheck& layer) {
  const auto& o = layer.options<joint::Softmax>();
  LOCKSTEP_RETURN_IF_ERROR(layer.InputCount(1, 1));
  const joint::Tensor& x = layer.input(0);
  const joint::Tensor& y = layer.output();
  LOCKSTEP_RETURN_IF_ERROR(layer.SameShape(x, y));
  if (y.dtype() == joint::DType::F32) {
    LOCKSTEP_RETURN_IF_ERROR(layer.IsFloat("input", x));
    return layer.InRange("length of table", o.table()->size(), 0, 0);
  }
  LOCKSTEP_RETURN_IF_ERROR(layer.IsU8("input", x));
  LOCKSTEP_RETURN_IF_ERROR(layer.IsQuantized("output", y));
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("length of table", o.table()->size(), 256, 256));
  const auto row = static_cast<uint64_t>(Shape(x)[Rank(x) - 1]);
  const uint32_t* table = o.table()->data();
  const uint64_t largest = *std::max_element(table, table + 256);
  if (table[0] == 0) return layer.Wrong("table", "the first entry must not be 0, or a sum could be");
  if (largest * row >= uint64_t{1} << 32) return layer.Wrong("table", "the sum of a row leaves 32 bits");
  const int64_t numerator = TypeHigh(y) + 1;
  LOCKSTEP_RETURN_IF_ERROR(layer.InRange("numerator", o.numerator(), numerator, numerator));
  if (ZeroPoint(y) != 0 || Scale(y) * static_cast<float>(numerator) != 1.0F) {
    return layer.Wrong("quantization", "the output's scale must be 1 / numerator, its zero point 0");
  }
  return layer.OutputHasAllBits();
}

}  // namespace lockstep::check
