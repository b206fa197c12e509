#include "ops/value.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lockstep::ops {

double Value::Number(int64_t index) const {
  const auto at = static_cast<size_t>(index);
  return is_float() ? static_cast<double>(data.floats.at(at)) : static_cast<double>(data.ints.at(at));
}

int64_t Truncate(double value) {
  if (std::isnan(value)) return 0;
  constexpr double kLimit = 0x1p63;
  if (value >= kLimit) return std::numeric_limits<int64_t>::max();
  if (value < -kLimit) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(value);
}

Value MakeValue(graph::ElementType type, const graph::Shape& shape) {
  Value value{type, shape, {}};
  const auto count = static_cast<size_t>(graph::ElementCount(shape));
  if (type == graph::ElementType::kFloat) {
    value.data.floats.resize(count);
  } else {
    value.data.ints.resize(count);
  }
  return value;
}

std::vector<int64_t> Call::Ints(size_t input) const {
  return Has(input) ? In(input).data.ints : std::vector<int64_t>{};
}

size_t Call::Axis(const char* key, int64_t fallback, size_t rank) const {
  const int64_t axis = node.Int(key, fallback);
  return static_cast<size_t>(axis < 0 ? axis + static_cast<int64_t>(rank) : axis);
}

bool Call::AllFloat() const {
  return std::all_of(inputs.begin(), inputs.end(),
                     [](const Value* value) { return value == nullptr || value->is_float(); });
}

std::vector<int64_t> Strides(const graph::Shape& shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

Rows::Rows(const graph::Shape& shape, size_t axis) : length(shape[axis]), stride(Strides(shape)[axis]) {
  const int64_t all = graph::ElementCount(shape);
  count = length == 0 ? 0 : all / length;
}

}  // namespace lockstep::ops
