// NonZero and Compress: operators whose output's size follows from the elements.
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::ElementType;

// The shape stays unknown: it has as many columns as elements are not zero.
void InferNonZero(InferContext& context) {
  context.Set(ElementType::kInt64, {std::max<int64_t>(context.Rank(0), 1), -1});
}

Results EvaluateNonZero(const Call& call) {
  const Value& x = call.In(0);
  std::vector<int64_t> found;
  for (int64_t i = 0; i < x.count(); ++i) {
    if (x.Number(i) != 0.0) found.push_back(i);
  }
  // A scalar counts as a list of one.
  const graph::Shape shape = x.shape.empty() ? graph::Shape{1} : x.shape;
  const std::vector<int64_t> strides = Strides(shape);
  Value result =
      MakeValue(ElementType::kInt64, {static_cast<int64_t>(shape.size()), static_cast<int64_t>(found.size())});
  size_t next = 0;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    for (const int64_t element : found) result.data.ints[next++] = element / strides[axis] % shape[axis];
  }
  return One(std::move(result));
}

// Inputs: x, a condition for the first places along the axis, or of all elements in a row without one.
void InferCompress(InferContext& context) {
  context.RequireType(1, ElementType::kBool);
  context.Require(context.Rank(1) == 1, "its condition has shape " + graph::ToString(context.Shape(1)) +
                                            "; a list of truth values is allowed");
  graph::Shape shape{-1};
  if (context.node.attributes.count("axis") != 0) {
    const int64_t axis = context.AxisAttribute("axis", 0, context.Rank(0));
    shape = context.Shape(0);
    shape[static_cast<size_t>(axis)] = -1;
  }
  context.Set(context.Type(0), shape);
}

Results EvaluateCompress(const Call& call) {
  Value x = call.In(0);
  const bool flat = call.node.attributes.count("axis") == 0;
  if (flat) x.shape = {x.count()};
  const size_t axis = flat ? 0 : call.Axis("axis", 0, x.shape.size());
  std::vector<int64_t> kept;
  const std::vector<int64_t> condition = call.Ints(1);
  for (size_t i = 0; i < condition.size() && static_cast<int64_t>(i) < x.shape[axis]; ++i) {
    if (condition[i] != 0) kept.push_back(static_cast<int64_t>(i));
  }
  graph::Shape shape = x.shape;
  shape[axis] = static_cast<int64_t>(kept.size());
  std::vector<int64_t> strides = Strides(x.shape);
  const int64_t stride = strides[axis];
  const int64_t inner = Strides(shape)[axis];
  strides[axis] = 0;
  return One(Copy(x, shape, [&](int64_t i) {
    return Offset(i, shape, strides) + kept[static_cast<size_t>(i / inner % shape[axis])] * stride;
  }));
}

std::string Unshaped(const graph::Graph& /*graph*/, const graph::Node& /*node*/) {
  return "how much it gives is known only when it runs; end the network in front of it with --output-nodes and do the "
         "rest in the application";
}

}  // namespace

constexpr Op kCompress =
    Op({2, 2}, InferCompress, EvaluateCompress, LayoutKind::kUnsupported, NotSupported).Unshaped(Unshaped);
constexpr Op kNonZero =
    Op({1, 1}, InferNonZero, EvaluateNonZero, LayoutKind::kUnsupported, NotSupported).Unshaped(Unshaped);

}  // namespace lockstep::ops
