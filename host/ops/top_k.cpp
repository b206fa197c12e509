#include <algorithm>
#include <cmath>
#include <numeric>

#include "graph/constants.h"
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::ElementType;
using graph::Shape;

// Inputs: x, k; outputs: values, indices.
void Infer(InferContext& context) {
  const int64_t axis = context.AxisAttribute("axis", -1, context.Rank(0));
  context.Flag("largest", true);
  context.Flag("sorted", true);
  const std::vector<int64_t>* k = context.Ints(1);
  if (k == nullptr) return;
  Shape to = context.Shape(0);
  int64_t& size = to[static_cast<size_t>(axis)];
  context.Require(k->size() == 1 && (*k)[0] >= 0 && (*k)[0] <= size,
                  "its k does not fit the axis; allowed: one number from 0 to " + std::to_string(size));
  size = (*k)[0];
  context.Set(context.Type(0), to);
  context.Set(ElementType::kInt64, to, 1);
}

bool Normalize(graph::Graph& graph, graph::Node& node) {
  bool changed = NormalizeAxis(graph, node, -1);
  changed |= SetAttribute(node, "largest", node.Int("largest", 1));
  return SetAttribute(node, "sorted", int64_t{1}) || changed;
}

std::string Unsupported(const graph::Graph& graph, const graph::Node& node) {
  constexpr int64_t kLongest = int64_t{1} << 24;  // indices stay exact where an engine holds them as floats
  const graph::Tensor& x = graph.tensor(node.inputs[0]);
  if (x.type != ElementType::kFloat) {
    return std::string("it orders ") + graph::KindName(x.type) + "; only floating point numbers are supported";
  }
  if (!graph::IsConstant(graph, node.inputs[1])) return "its k is not constant";
  const int64_t length = x.shape[static_cast<size_t>(node.Int("axis", 0))];
  if (length <= kLongest) return {};
  return "its axis has " + std::to_string(length) + " elements; at most " + std::to_string(kLongest) + " are supported";
}

bool IsBelow(int64_t a, int64_t b) { return a < b; }
// A NaN is above all numbers, and all NaNs are equal.
bool IsBelow(float a, float b) { return std::isnan(b) ? !std::isnan(a) : a < b; }

// Equal values come in the order of their indices. Not sorted means any order: this one.
Results Evaluate(const Call& call) {
  const Value& x = call.In(0);
  const size_t axis = call.Axis("axis", -1, x.shape.size());
  const bool largest = call.node.Int("largest", 1) != 0;
  const Rows from(x.shape, axis);
  const Rows to(call.Shape(), axis);
  std::vector<Value> results = {MakeValue(x.type, call.Shape()), MakeValue(ElementType::kInt64, call.Shape())};
  std::vector<int64_t> order(static_cast<size_t>(from.length));
  for (int64_t r = 0; r < to.count; ++r) {
    std::iota(order.begin(), order.end(), int64_t{0});
    const auto sort = [&](const auto& values) {
      std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
        const auto one = values[static_cast<size_t>(from.Begin(r) + a * from.stride)];
        const auto other = values[static_cast<size_t>(from.Begin(r) + b * from.stride)];
        return largest ? IsBelow(other, one) : IsBelow(one, other);
      });
    };
    x.is_float() ? sort(x.data.floats) : sort(x.data.ints);
    for (int64_t i = 0; i < to.length; ++i) {
      const auto target = static_cast<size_t>(to.Begin(r) + i * to.stride);
      const auto source = static_cast<size_t>(from.Begin(r) + order[static_cast<size_t>(i)] * from.stride);
      results[1].data.ints[target] = order[static_cast<size_t>(i)];
      if (x.is_float()) {
        results[0].data.floats[target] = x.data.floats[source];
      } else {
        results[0].data.ints[target] = x.data.ints[source];
      }
    }
  }
  return results;
}

}  // namespace

constexpr Op kTopK =
    Op({2, 2, 2}, Infer, Evaluate, LayoutKind::kSlice, Unsupported).Normal(Normalize).SharesScale().Indices(1);

}  // namespace lockstep::ops
