// ScatterElements and ScatterND: copies of a tensor in which updates took the place of some elements, or were combined
// with them.
#include <algorithm>

#include "graph/constants.h"
#include "ops/computed_indices.h"
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::ElementType;
using graph::Shape;

std::string Reduction(InferContext& context) {
  return context.OneOf("reduction", "none", {"none", "add", "mul", "max", "min"});
}

// Inputs: data, indices, updates.
void InferElements(InferContext& context) {
  Reduction(context);
  const auto axis = static_cast<size_t>(context.AxisAttribute("axis", 0, context.Rank(0)));
  context.RequireType(1, ElementType::kInt64);
  context.RequireType(2, context.Type(0));
  const Shape& data = context.Shape(0);
  const Shape& indices = context.Shape(1);
  bool fits = indices.size() == data.size() && context.Shape(2) == indices;
  for (size_t i = 0; fits && i < data.size(); ++i) fits = i == axis || indices[i] <= data[i];
  context.Require(fits, "its indices " + graph::ToString(indices) + " and updates " +
                            graph::ToString(context.Shape(2)) + " do not fit each other or an input of shape " +
                            graph::ToString(data));
  context.SetLikeInput();
}

void InferNd(InferContext& context) {
  Reduction(context);
  context.RequireType(1, ElementType::kInt64);
  context.RequireType(2, context.Type(0));
  const Shape& data = context.Shape(0);
  const Shape& indices = context.Shape(1);
  const bool fits = !indices.empty() && indices.back() >= 0 && indices.back() <= context.Rank(0);
  context.Require(fits, "its indices of shape " + graph::ToString(indices) + " do not fit an input of shape " +
                            graph::ToString(data));
  Shape updates(indices.begin(), indices.end() - 1);
  updates.insert(updates.end(), data.begin() + indices.back(), data.end());
  context.Require(context.Shape(2) == updates, "its updates have shape " + graph::ToString(context.Shape(2)) +
                                                   " instead of " + graph::ToString(updates));
  context.SetLikeInput();
}

float Sum(float a, float b) { return a + b; }
float Product(float a, float b) { return a * b; }
// Wrap around.
int64_t Sum(int64_t a, int64_t b) { return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b)); }
int64_t Product(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
}

template <typename T>
void Combine(const std::string& reduction, T update, T& element) {
  if (reduction == "none") element = update;
  if (reduction == "add") element = Sum(element, update);
  if (reduction == "mul") element = Product(element, update);
  if (reduction == "max") element = std::max(element, update);
  if (reduction == "min") element = std::min(element, update);
}

// `target`: of each update the element that it goes to, in order.
Results Scatter(const Call& call, const std::vector<int64_t>& target) {
  const std::string reduction = call.node.String("reduction", "none");
  Value result = call.In(0);
  for (size_t i = 0; i < target.size(); ++i) {
    const auto to = static_cast<size_t>(target[i]);
    if (result.is_float()) {
      Combine(reduction, call.In(2).data.floats[i], result.data.floats[to]);
    } else {
      Combine(reduction, call.In(2).data.ints[i], result.data.ints[to]);
    }
  }
  return One(std::move(result));
}

Results EvaluateElements(const Call& call) {
  const Shape& shape = call.In(0).shape;
  const Shape& indices = call.In(1).shape;
  const size_t axis = call.Axis("axis", 0, shape.size());
  std::vector<int64_t> strides = Strides(shape);
  const int64_t stride = strides[axis];
  strides[axis] = 0;
  std::vector<int64_t> target;
  for (int64_t i = 0; i < call.In(1).count(); ++i) {
    int64_t index = call.In(1).data.ints[static_cast<size_t>(i)];
    if (!FromFront(index, shape[axis])) return std::nullopt;
    target.push_back(Offset(i, indices, strides) + index * stride);
  }
  return Scatter(call, target);
}

Results EvaluateNd(const Call& call) {
  const Shape& shape = call.In(0).shape;
  const auto width = static_cast<size_t>(call.In(1).shape.back());
  const std::vector<int64_t> strides = Strides(shape);
  const int64_t inner = graph::ElementCount({shape.begin() + static_cast<std::ptrdiff_t>(width), shape.end()});
  const int64_t count = inner == 0 ? 0 : call.In(2).count() / inner;
  std::vector<int64_t> target;
  for (int64_t row = 0; row < count; ++row) {
    int64_t begin = 0;
    for (size_t i = 0; i < width; ++i) {
      int64_t index = call.In(1).data.ints[static_cast<size_t>(row) * width + i];
      if (!FromFront(index, shape[i])) return std::nullopt;
      begin += index * strides[i];
    }
    for (int64_t i = 0; i < inner; ++i) target.push_back(begin + i);
  }
  return Scatter(call, target);
}

std::string Unsupported(const graph::Graph& graph, const graph::Node& node) {
  if (!graph::IsConstant(graph, node.inputs[1])) return ByComputedIndices(graph, node.inputs[1]);
  return "it writes into a copy of its input, which no layer does; use Slice, Concat or Where instead, or end the "
         "network in front of it with --output-nodes";
}

constexpr Op Scattering(InferFunction infer, Evaluation by) {
  return Op({3, 3}, infer, by, LayoutKind::kUnsupported, Unsupported);
}

}  // namespace

constexpr Op kScatterElements = Scattering(InferElements, EvaluateElements);
constexpr Op kScatterND = Scattering(InferNd, EvaluateNd);

}  // namespace lockstep::ops
