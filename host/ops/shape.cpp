// Shape and Size: what is known of a tensor without its elements.
#include <algorithm>

#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::ElementType;

// First axis and number of axes; `start` and `end` may be any numbers.
std::pair<int64_t, int64_t> Axes(const graph::Node& node, int64_t rank) {
  const auto bound = [rank](int64_t at) { return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank); };
  const int64_t start = bound(node.Int("start", 0));
  return {start, std::max<int64_t>(bound(node.Int("end", rank)) - start, 0)};
}

void InferShape(InferContext& context) {
  context.Set(ElementType::kInt64, {Axes(context.node, context.Rank(0)).second});
}

Results EvaluateShape(const Call& call) {
  const graph::Shape& shape = call.graph.tensor(call.node.inputs[0]).shape;
  if (!graph::IsKnown(shape)) return std::nullopt;
  const auto [start, count] = Axes(call.node, static_cast<int64_t>(shape.size()));
  return One({ElementType::kInt64, {count}, {{}, {shape.begin() + start, shape.begin() + start + count}}});
}

void InferSize(InferContext& context) { context.Set(ElementType::kInt64, {}); }

Results EvaluateSize(const Call& call) {
  const graph::Shape& shape = call.graph.tensor(call.node.inputs[0]).shape;
  if (!graph::IsKnown(shape)) return std::nullopt;
  return One({ElementType::kInt64, {}, {{}, {graph::ElementCount(shape)}}});
}

}  // namespace

constexpr Op kShape = Op({1, 1}, InferShape, EvaluateShape, LayoutKind::kUnsupported, NotSupported).OfShapes();
constexpr Op kSize = Op({1, 1}, InferSize, EvaluateSize, LayoutKind::kUnsupported, NotSupported).OfShapes();

}  // namespace lockstep::ops
