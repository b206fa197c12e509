// Gather, GatherElements and GatherND: the elements that indices name. A negative index counts from the end.
#include <algorithm>

#include "graph/constants.h"
#include "ops/computed_indices.h"
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::ElementType;
using graph::Shape;

void InferGather(InferContext& context) {
  const Shape& from = context.Shape(0);
  const Shape& indices = context.Shape(1);
  context.RequireType(1, ElementType::kInt64);
  const int64_t axis = context.AxisAttribute("axis", 0, context.Rank(0));
  Shape to(from.begin(), from.begin() + axis);
  to.insert(to.end(), indices.begin(), indices.end());
  to.insert(to.end(), from.begin() + axis + 1, from.end());
  context.Set(context.Type(0), to);
}

Results EvaluateGather(const Call& call) {
  const Value& x = call.In(0);
  std::vector<int64_t> indices = call.Ints(1);
  const size_t axis = call.Axis("axis", 0, x.shape.size());
  const int64_t size = x.shape[axis];
  for (int64_t& index : indices) {
    if (!FromFront(index, size)) return std::nullopt;
  }
  const int64_t inner = Strides(x.shape)[axis];
  const auto count = static_cast<int64_t>(indices.size());
  return One(Copy(x, call.Shape(), [&](int64_t i) {
    const int64_t outer = i / inner / count;
    return (outer * size + indices[static_cast<size_t>(i / inner % count)]) * inner + i % inner;
  }));
}

bool NormalizeGather(graph::Graph& graph, graph::Node& node) { return NormalizeAxis(graph, node, 0); }

// Constant indices in all forms have become a list, and neighbours a Slice (SimplifyMoves).
std::string UnsupportedGather(const graph::Graph& graph, const graph::Node& node) {
  const graph::Tensor& indices = graph.tensor(node.inputs[1]);
  if (graph::IsConstant(graph, node.inputs[0])) {
    return "it takes elements of the constant '" + graph.tensor(node.inputs[0]).name +
           "' by computed indices; only constant ones are supported";
  }
  if (!indices.constant) return ByComputedIndices(graph, node.inputs[1]);
  if (graph.tensor(node.inputs[0]).shape.empty() || indices.shape.size() != 1) return "its indices are no list";
  const int64_t extent = graph.tensor(node.inputs[0]).shape[static_cast<size_t>(node.Int("axis", 0))];
  for (const int64_t index : indices.constant->ints) {
    if (index < -extent || index >= extent) {
      return "its index " + std::to_string(index) + " is outside of an axis of " + std::to_string(extent) + " elements";
    }
  }
  return {};
}

// With constant indices within the input it has become a Gather.
std::string UnsupportedElements(const graph::Graph& graph, const graph::Node& node) {
  const graph::Tensor& indices = graph.tensor(node.inputs[1]);
  if (!indices.constant) return ByComputedIndices(graph, node.inputs[1]);
  return "its indices '" + indices.name + "' name elements outside of its input";
}

void InferElements(InferContext& context) {
  context.RequireType(1, ElementType::kInt64);
  const auto axis = static_cast<size_t>(context.AxisAttribute("axis", 0, context.Rank(0)));
  const Shape& from = context.Shape(0);
  const Shape& indices = context.Shape(1);
  bool fits = indices.size() == from.size();
  for (size_t i = 0; fits && i < from.size(); ++i) fits = i == axis || indices[i] <= from[i];
  context.Require(fits, "its indices of shape " + graph::ToString(indices) + " do not fit an input of shape " +
                            graph::ToString(from));
  context.Set(context.Type(0), indices);
}

Results EvaluateElements(const Call& call) {
  const Value& x = call.In(0);
  std::vector<int64_t> indices = call.Ints(1);
  const size_t axis = call.Axis("axis", 0, x.shape.size());
  for (int64_t& index : indices) {
    if (!FromFront(index, x.shape[axis])) return std::nullopt;
  }
  std::vector<int64_t> strides = Strides(x.shape);
  const int64_t stride = strides[axis];
  strides[axis] = 0;
  return One(Copy(x, call.Shape(), [&](int64_t i) {
    return Offset(i, call.Shape(), strides) + indices[static_cast<size_t>(i)] * stride;
  }));
}

// The last axis of the indices names places in the axes behind the first `batch_dims`, which both tensors share.
void InferNd(InferContext& context) {
  const Shape& from = context.Shape(0);
  const Shape& indices = context.Shape(1);
  context.RequireType(1, ElementType::kInt64);
  context.Require(!indices.empty(), "its indices are a scalar");
  const int64_t batch = context.Int("batch_dims", 0, 0, std::min(context.Rank(0), context.Rank(1)) - 1);
  context.Require(
      indices.back() >= 1 && indices.back() <= context.Rank(0) - batch,
      "its indices of shape " + graph::ToString(indices) + " do not fit an input of shape " + graph::ToString(from));
  for (int64_t i = 0; i < batch; ++i) {
    context.Require(from[static_cast<size_t>(i)] == indices[static_cast<size_t>(i)],
                    "its batches " + graph::ToString(from) + " and " + graph::ToString(indices) + " differ");
  }
  Shape to(indices.begin(), indices.end() - 1);
  to.insert(to.end(), from.begin() + batch + indices.back(), from.end());
  context.Set(context.Type(0), to);
}

Results EvaluateNd(const Call& call) {
  const Value& x = call.In(0);
  const Shape& indices = call.In(1).shape;
  const auto batch = static_cast<size_t>(call.node.Int("batch_dims", 0));
  const auto width = static_cast<size_t>(indices.back());
  const std::vector<int64_t> strides = Strides(x.shape);
  const int64_t batches =
      graph::ElementCount(Shape(indices.begin(), indices.begin() + static_cast<std::ptrdiff_t>(batch)));
  const int64_t picks = batches == 0 ? 0 : call.In(1).count() / indices.back() / batches;
  const int64_t inner = strides[batch + width - 1];
  const int64_t of_batch = batches == 0 ? 0 : x.count() / batches;
  std::vector<int64_t> begins;
  for (int64_t pick = 0; pick < batches * picks; ++pick) {
    int64_t begin = pick / picks * of_batch;
    for (size_t i = 0; i < width; ++i) {
      int64_t index = call.In(1).data.ints[static_cast<size_t>(pick) * width + i];
      if (!FromFront(index, x.shape[batch + i])) return std::nullopt;
      begin += index * strides[batch + i];
    }
    begins.push_back(begin);
  }
  return One(Copy(x, call.Shape(), [&](int64_t i) { return begins[static_cast<size_t>(i / inner)] + i % inner; }));
}

}  // namespace

constexpr Op kGather =
    Op({2, 2}, InferGather, EvaluateGather, LayoutKind::kSlice, UnsupportedGather).Normal(NormalizeGather).View();
constexpr Op kGatherElements =
    Op({2, 2}, InferElements, EvaluateElements, LayoutKind::kUnsupported, UnsupportedElements);
constexpr Op kGatherND = Op({2, 2}, InferNd, EvaluateNd, LayoutKind::kUnsupported, UnsupportedElements);

}  // namespace lockstep::ops
