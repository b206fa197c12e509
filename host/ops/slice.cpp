#include "ops/slice.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "graph/constants.h"
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::Graph;
using graph::Node;
using graph::Shape;

// Inputs: x, starts, ends, axes, steps.
void Infer(InferContext& context) {
  const Shape& from = context.Shape(0);
  const std::vector<int64_t>* starts = context.Ints(1);
  const std::vector<int64_t>* ends = context.Ints(2);
  if (starts == nullptr || ends == nullptr) return;
  std::vector<int64_t> axes(starts->size());
  std::iota(axes.begin(), axes.end(), int64_t{0});
  std::vector<int64_t> steps(starts->size(), 1);
  if (context.Has(3)) {
    if (context.Ints(3) == nullptr) return;
    axes = *context.Ints(3);
  }
  if (context.Has(4)) {
    if (context.Ints(4) == nullptr) return;
    steps = *context.Ints(4);
  }
  context.Require(starts->size() == ends->size() && starts->size() == axes.size() && starts->size() == steps.size(),
                  "its starts, ends, axes and steps differ in length");
  for (int64_t& axis : axes) axis = context.Axis(axis, context.Rank(0), "axes entry");
  context.RequireDistinct(axes);
  for (const int64_t step : steps) context.Require(step != 0, "it has the step 0; allowed: other numbers");
  context.Set(context.Type(0), ResolveSlice(from, *starts, *ends, axes, steps).count);
}

// Starts, ends, axes and steps of the axes that are really cut; ends of a backward slice stay relative to the front.
bool Normalize(Graph& graph, Node& node) {
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    if (HasInput(node, i) && !graph::IsConstant(graph, node.inputs[i])) return false;
  }
  const Shape shape = graph.tensor(node.inputs[0]).shape;
  const SliceExtent extent = ResolveSlice(graph, node);
  if (std::any_of(extent.step.begin(), extent.step.end(), [](int64_t step) { return step < 0; })) return false;
  std::vector<int64_t> starts;
  std::vector<int64_t> ends;
  std::vector<int64_t> axes;
  std::vector<int64_t> steps;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (extent.count[i] == shape[i]) continue;
    starts.push_back(extent.start[i]);
    const int64_t last = extent.start[i] + (extent.count[i] - 1) * extent.step[i];
    ends.push_back(extent.count[i] == 0 ? extent.start[i] : last + 1);
    axes.push_back(static_cast<int64_t>(i));
    steps.push_back(extent.step[i]);
  }
  bool changed = SetInts(graph, node, 1, "starts", starts);
  changed = SetInts(graph, node, 2, "ends", ends) || changed;
  changed = SetInts(graph, node, 3, "axes", axes) || changed;
  return SetInts(graph, node, 4, "steps", steps) || changed;
}

Results Evaluate(const Call& call) {
  const Value& x = call.In(0);
  const SliceExtent extent = ResolveSlice(x.shape, call.Ints(1), call.Ints(2), call.Ints(3), call.Ints(4));
  std::vector<int64_t> strides = Strides(x.shape);
  int64_t first = 0;
  for (size_t i = 0; i < strides.size(); ++i) {
    first += extent.start[i] * strides[i];
    strides[i] = extent.count[i] > 1 ? strides[i] * extent.step[i] : 0;
  }
  return One(Copy(x, call.Shape(), [&](int64_t i) { return first + Offset(i, call.Shape(), strides); }));
}

std::string Unsupported(const Graph& graph, const Node& node) {
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    if (HasInput(node, i) && !graph::IsConstant(graph, node.inputs[i])) return "where it cuts is computed";
  }
  return {};
}

}  // namespace

SliceExtent ResolveSlice(const Shape& shape, const std::vector<int64_t>& starts, const std::vector<int64_t>& ends,
                         std::vector<int64_t> axes, std::vector<int64_t> steps) {
  SliceExtent extent{std::vector<int64_t>(shape.size(), 0), std::vector<int64_t>(shape.size(), 1), shape};
  if (axes.empty()) {
    axes.resize(starts.size());
    std::iota(axes.begin(), axes.end(), int64_t{0});
  }
  if (steps.empty()) steps.assign(starts.size(), 1);
  for (size_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<size_t>(axes[i] < 0 ? axes[i] + static_cast<int64_t>(shape.size()) : axes[i]);
    const int64_t size = shape[axis];
    const int64_t step = steps[i];
    const auto from_end = [size](int64_t index) { return index < 0 && index >= -size ? index + size : index; };
    int64_t start = from_end(starts[i]);
    int64_t end = from_end(ends[i]);
    int64_t count = 0;
    if (step > 0) {
      start = std::clamp<int64_t>(start, 0, size);
      end = std::clamp<int64_t>(end, 0, size);
      count = end > start ? (end - start - 1) / step + 1 : 0;
    } else {
      // Before the first element it begins there, as ONNX has it; NumPy would take nothing.
      start = size == 0 ? -1 : std::clamp<int64_t>(start, 0, size - 1);
      end = std::clamp<int64_t>(end, -1, size - 1);
      const int64_t back = step == std::numeric_limits<int64_t>::min() ? std::numeric_limits<int64_t>::max() : -step;
      count = start > end ? (start - end - 1) / back + 1 : 0;
    }
    extent.start[axis] = start;
    extent.step[axis] = step;
    extent.count[axis] = count;
  }
  return extent;
}

SliceExtent ResolveSlice(const Graph& graph, const Node& node) {
  const auto list = [&](size_t input) {
    return HasInput(node, input) ? graph.Ints(node.inputs[input]) : std::vector<int64_t>{};
  };
  return ResolveSlice(graph.tensor(node.inputs[0]).shape, list(1), list(2), list(3), list(4));
}

constexpr Op kSlice = Op({3, 5}, Infer, Evaluate, LayoutKind::kSlice, Unsupported).Normal(Normalize).View();

}  // namespace lockstep::ops
