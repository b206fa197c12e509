#include <algorithm>
#include <limits>

#include "graph/error.h"
#include "optimize/shape_rules.h"

namespace lockstep::optimize {

const graph::Shape& ShapeContext::Shape(size_t input) const {
  Require(Has(input), "input " + std::to_string(input) + " is missing");
  return graph_.tensor(node.inputs[input]).shape;
}

graph::ElementType ShapeContext::Type(size_t input) const {
  Require(Has(input), "input " + std::to_string(input) + " is missing");
  return graph_.tensor(node.inputs[input]).type;
}

const std::vector<int64_t>* ShapeContext::Ints(size_t input) const {
  RequireType(input, graph::ElementType::kInt64);
  const Value* value = Constant(input);
  return value == nullptr ? nullptr : &value->data.ints;
}

void ShapeContext::RequireType(size_t input, graph::ElementType type) const {
  if (!Has(input) || Type(input) == type) return;
  Fail("its input '" + graph_.tensor(node.inputs[input]).name + "' holds " + graph::KindName(Type(input)) +
       " instead of " + graph::KindName(type) + "; export the model again");
}

void ShapeContext::RequireOneType(size_t first) const {
  for (size_t i = first + 1; i < node.inputs.size(); ++i) RequireType(i, Type(first));
}

int64_t ShapeContext::Axis(int64_t axis, int64_t rank) const {
  Require(axis >= -rank && axis < rank, "axis " + std::to_string(axis) + " is outside of rank " + std::to_string(rank));
  return axis < 0 ? axis + rank : axis;
}

std::optional<std::vector<int64_t>> ShapeContext::Axes(size_t input, int64_t rank) const {
  std::vector<int64_t> axes = node.Ints("axes", {});
  if (Has(input)) {
    const std::vector<int64_t>* value = Ints(input);
    if (value == nullptr) return std::nullopt;
    axes = *value;
  }
  for (int64_t& axis : axes) axis = Axis(axis, rank);
  return axes;
}

void ShapeContext::Set(graph::ElementType type, graph::Shape shape, size_t output) {
  if (output >= shapes.size()) return;
  types[output] = type;
  shapes[output] = std::move(shape);
}

void ShapeContext::Fail(const std::string& reason) const {
  throw BadInput("node '" + node.name + "' (" + node.op + "): " + reason);
}

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

SliceExtent ResolveSlice(const graph::Shape& shape, const std::vector<int64_t>& starts,
                         const std::vector<int64_t>& ends, const std::vector<int64_t>& axes,
                         const std::vector<int64_t>& steps) {
  SliceExtent extent{std::vector<int64_t>(shape.size(), 0), std::vector<int64_t>(shape.size(), 1), shape};
  for (size_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<size_t>(axes[i]);
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
      start = std::clamp<int64_t>(start, -1, size - 1);
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

}  // namespace lockstep::optimize
