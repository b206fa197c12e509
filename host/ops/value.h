// Tensors with their elements, and a node that is evaluated on them.
#pragma once

#include <optional>
#include <vector>

#include "graph/graph.h"

namespace lockstep::ops {

struct Value {
  graph::ElementType type = graph::ElementType::kFloat;
  graph::Shape shape;
  graph::ConstantData data;

  int64_t count() const { return graph::ElementCount(shape); }
  bool is_float() const { return type == graph::ElementType::kFloat; }
  double Number(int64_t index) const;  // of any type
};

// A value of zeros.
Value MakeValue(graph::ElementType type, const graph::Shape& shape);

// One entry per input of the node, null for an omitted one.
using ValueInputs = std::vector<const Value*>;

// The outputs of a node; nothing if the operator does not compute these element types or these values.
using Results = std::optional<std::vector<Value>>;

inline Results One(Value value) { return std::vector<Value>{std::move(value)}; }

// What an operator sees of the node that it evaluates. Types and shapes of the outputs are inferred, so that attributes
// are valid. Integer arithmetic is exact and wraps around; float arithmetic is done in double and rounded once.
struct Call {
  const graph::Graph& graph;
  const graph::Node& node;
  const ValueInputs& inputs;

  bool Has(size_t input) const { return input < inputs.size() && inputs[input] != nullptr; }
  const Value& In(size_t input) const { return *inputs[input]; }
  // An integer input, or nothing where it is omitted.
  std::vector<int64_t> Ints(size_t input) const;
  // An attribute, the value counted from the front for a tensor of rank `rank`.
  size_t Axis(const char* key, int64_t fallback, size_t rank) const;
  const graph::Shape& Shape(size_t output = 0) const { return graph.tensor(node.outputs[output]).shape; }
  graph::ElementType Type(size_t output = 0) const { return graph.tensor(node.outputs[output]).type; }
  bool AllFloat() const;  // every given input is
};

// Towards zero, within the integers; 0 for NaN.
int64_t Truncate(double value);

// Counts an index of an axis from the front; false if it is outside.
inline bool FromFront(int64_t& index, int64_t extent) {
  if (index < 0) index += extent;
  return index >= 0 && index < extent;
}

// Row-major element strides.
std::vector<int64_t> Strides(const graph::Shape& shape);

// Element `flat` of a row-major `shape` lies at sum(index[i] * strides[i]).
inline int64_t Offset(int64_t flat, const graph::Shape& shape, const std::vector<int64_t>& strides) {
  int64_t offset = 0;
  for (size_t i = shape.size(); i-- > 0;) {
    offset += flat % shape[i] * strides[i];
    flat /= shape[i];
  }
  return offset;
}

// A value of shape `shape` whose element `flat` is the source's element `from(flat)`.
template <typename From>
Value Copy(const Value& source, const graph::Shape& shape, const From& from) {
  Value value = MakeValue(source.type, shape);
  for (int64_t i = 0; i < value.count(); ++i) {
    const auto to = static_cast<size_t>(i);
    const auto at = static_cast<size_t>(from(i));
    if (source.is_float()) {
      value.data.floats[to] = source.data.floats[at];
    } else {
      value.data.ints[to] = source.data.ints[at];
    }
  }
  return value;
}

// The rows of `shape` along `axis`: row r begins at element Begin(r), and its elements lie `stride` apart.
struct Rows {
  int64_t count = 0, length = 0, stride = 1;
  Rows(const graph::Shape& shape, size_t axis);
  int64_t Begin(int64_t row) const { return row / stride * length * stride + row % stride; }
};

}  // namespace lockstep::ops
