#include "ops/broadcast.h"

#include <algorithm>

namespace lockstep::ops {

std::optional<graph::Shape> Broadcast(const graph::Shape& a, const graph::Shape& b) {
  graph::Shape result(std::max(a.size(), b.size()), 1);
  for (size_t i = 0; i < result.size(); ++i) {
    const int64_t from_a = i < a.size() ? a[a.size() - 1 - i] : 1;
    const int64_t from_b = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (from_a != from_b && from_a != 1 && from_b != 1) return std::nullopt;
    result[result.size() - 1 - i] = from_a == 1 ? from_b : from_a;
  }
  return result;
}

graph::Shape BroadcastInputs(const InferContext& context, size_t first, size_t count) {
  graph::Shape shape = context.Shape(first);
  for (size_t i = first + 1; i < first + count; ++i) {
    const auto together = Broadcast(shape, context.Shape(i));
    context.Require(together.has_value(), "shapes " + graph::ToString(shape) + " and " +
                                              graph::ToString(context.Shape(i)) + " do not broadcast");
    shape = *together;
  }
  return shape;
}

BroadcastIndex::BroadcastIndex(const graph::Shape& operand, const graph::Shape& shape)
    : shape_(shape), strides_(shape.size(), 0) {
  const std::vector<int64_t> dense = Strides(operand);
  for (size_t i = 0; i < operand.size(); ++i) {
    if (operand[i] != 1) strides_[shape.size() - operand.size() + i] = dense[i];
  }
}

}  // namespace lockstep::ops
