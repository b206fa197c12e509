#include <algorithm>
#include <cmath>
#include <numeric>

#include "optimize/constant_value.h"
#include "optimize/shape_rules.h"

namespace lockstep::optimize {
namespace {

using graph::ElementType;
using graph::Shape;
using Results = std::optional<std::vector<Value>>;

// A value of shape `shape` whose element `flat` is the source's element `from(flat)`.
template <typename From>
Value Copy(const Value& source, const Shape& shape, const From& from) {
  Value value{source.type, shape, {}};
  const int64_t count = value.count();
  if (source.is_float()) {
    value.data.floats.reserve(static_cast<size_t>(count));
    for (int64_t i = 0; i < count; ++i) value.data.floats.push_back(source.data.floats[static_cast<size_t>(from(i))]);
  } else {
    value.data.ints.reserve(static_cast<size_t>(count));
    for (int64_t i = 0; i < count; ++i) value.data.ints.push_back(source.data.ints[static_cast<size_t>(from(i))]);
  }
  return value;
}

std::vector<int64_t> Strides(const Shape& shape) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

// Element `flat` of a row-major `shape` lies at sum(index[i] * strides[i]).
int64_t Offset(int64_t flat, const Shape& shape, const std::vector<int64_t>& strides) {
  int64_t offset = 0;
  for (size_t i = shape.size(); i-- > 0;) {
    offset += flat % shape[i] * strides[i];
    flat /= shape[i];
  }
  return offset;
}

Results One(Value value) { return std::vector<Value>{std::move(value)}; }

Results ShapeOf(const graph::Graph& graph, const graph::Node& node) {
  const Shape& shape = graph.tensor(node.inputs[0]).shape;
  if (!graph::IsKnown(shape)) return std::nullopt;
  if (node.op == "Size") return One({ElementType::kInt64, {}, {{}, {graph::ElementCount(shape)}}});
  const auto rank = static_cast<int64_t>(shape.size());
  const int64_t start = node.Int("start", 0);
  const int64_t first = std::clamp<int64_t>(start < 0 ? start + rank : start, 0, rank);
  const int64_t count = graph.tensor(node.outputs[0]).shape[0];
  return One({ElementType::kInt64, {count}, {{}, {shape.begin() + first, shape.begin() + first + count}}});
}

Results Transpose(const graph::Node& node, const Value& x, const Shape& shape) {
  std::vector<int64_t> perm(shape.size());
  std::iota(perm.rbegin(), perm.rend(), int64_t{0});
  perm = node.Ints("perm", perm);
  const std::vector<int64_t> strides = Strides(x.shape);
  std::vector<int64_t> moved;
  moved.reserve(perm.size());
  for (const int64_t axis : perm) moved.push_back(strides[static_cast<size_t>(axis)]);
  return One(Copy(x, shape, [&](int64_t i) { return Offset(i, shape, moved); }));
}

Results Concat(const graph::Node& node, const ValueInputs& inputs, const Shape& shape) {
  const auto rank = static_cast<int64_t>(shape.size());
  const int64_t axis = node.Int("axis", 0) < 0 ? node.Int("axis", 0) + rank : node.Int("axis", 0);
  Value value{inputs[0]->type, shape, {}};
  int64_t outer = 1;
  for (int64_t i = 0; i < axis; ++i) outer *= shape[static_cast<size_t>(i)];
  for (int64_t row = 0; row < outer; ++row) {
    for (const Value* input : inputs) {
      if (input->is_float() != value.is_float()) return std::nullopt;
      const int64_t length = input->count() / outer;
      const auto append = [&](const auto& from, auto& to) {
        to.insert(to.end(), from.begin() + row * length, from.begin() + (row + 1) * length);
      };
      if (value.is_float()) {
        append(input->data.floats, value.data.floats);
      } else {
        append(input->data.ints, value.data.ints);
      }
    }
  }
  return One(std::move(value));
}

Results Split(const graph::Graph& graph, const graph::Node& node, const Value& x) {
  const auto rank = static_cast<int64_t>(x.shape.size());
  const auto axis = static_cast<size_t>(node.Int("axis", 0) < 0 ? node.Int("axis", 0) + rank : node.Int("axis", 0));
  const std::vector<int64_t> strides = Strides(x.shape);
  std::vector<Value> parts;
  int64_t start = 0;
  for (const graph::TensorId id : node.outputs) {
    const Shape& shape = graph.tensor(id).shape;
    parts.push_back(Copy(x, shape, [&](int64_t i) { return Offset(i, shape, strides) + start * strides[axis]; }));
    start += shape[axis];
  }
  return parts;
}

Results Slice(const ValueInputs& inputs, const Shape& shape) {
  const Value& x = *inputs[0];
  std::vector<std::vector<int64_t>> lists;
  for (size_t i = 1; i < inputs.size(); ++i) {
    lists.push_back(inputs[i] == nullptr ? std::vector<int64_t>{} : inputs[i]->data.ints);
  }
  lists.resize(4);
  const size_t count = lists[0].size();
  if (lists[2].empty()) {
    lists[2].resize(count);
    std::iota(lists[2].begin(), lists[2].end(), int64_t{0});
  }
  for (int64_t& axis : lists[2]) axis = axis < 0 ? axis + static_cast<int64_t>(x.shape.size()) : axis;
  if (lists[3].empty()) lists[3].assign(count, 1);
  const SliceExtent extent = ResolveSlice(x.shape, lists[0], lists[1], lists[2], lists[3]);
  std::vector<int64_t> strides = Strides(x.shape);
  int64_t first = 0;
  for (size_t i = 0; i < strides.size(); ++i) {
    first += extent.start[i] * strides[i];
    strides[i] *= extent.step[i];
  }
  return One(Copy(x, shape, [&](int64_t i) { return first + Offset(i, shape, strides); }));
}

Results Gather(const graph::Node& node, const ValueInputs& inputs, const Shape& shape) {
  const Value& x = *inputs[0];
  std::vector<int64_t> indices = inputs[1]->data.ints;
  const auto rank = static_cast<int64_t>(x.shape.size());
  const int64_t axis = node.Int("axis", 0) < 0 ? node.Int("axis", 0) + rank : node.Int("axis", 0);
  const int64_t size = x.shape[static_cast<size_t>(axis)];
  for (int64_t& index : indices) {
    if (index < -size || index >= size) return std::nullopt;
    if (index < 0) index += size;
  }
  int64_t inner = 1;
  for (int64_t i = axis + 1; i < rank; ++i) inner *= x.shape[static_cast<size_t>(i)];
  const auto count = static_cast<int64_t>(indices.size());
  return One(Copy(x, shape, [&](int64_t i) {
    const int64_t outer = i / inner / count;
    return (outer * size + indices[static_cast<size_t>(i / inner % count)]) * inner + i % inner;
  }));
}

Results Expand(const Value& x, const Shape& shape) {
  const std::vector<int64_t> dense = Strides(x.shape);
  std::vector<int64_t> strides(shape.size(), 0);
  for (size_t i = 0; i < x.shape.size(); ++i) {
    if (x.shape[i] != 1) strides[shape.size() - x.shape.size() + i] = dense[i];
  }
  return One(Copy(x, shape, [&](int64_t i) { return Offset(i, shape, strides); }));
}

Results Tile(const Value& x, const Shape& shape) {
  const std::vector<int64_t> strides = Strides(x.shape);
  return One(Copy(x, shape, [&](int64_t i) {
    int64_t offset = 0;
    for (size_t axis = shape.size(); axis-- > 0;) {
      offset += i % shape[axis] % x.shape[axis] * strides[axis];
      i /= shape[axis];
    }
    return offset;
  }));
}

Results ConstantOfShape(const graph::Node& node, ElementType type, const Shape& shape) {
  const auto found = node.attributes.find("value");
  const auto* given = found == node.attributes.end() ? nullptr : std::get_if<graph::ConstantData>(&found->second);
  Value value{type, shape, {}};
  const auto count = static_cast<size_t>(value.count());
  if (value.is_float()) {
    value.data.floats.assign(count, given == nullptr || given->floats.empty() ? 0.0F : given->floats[0]);
  } else {
    value.data.ints.assign(count, given == nullptr || given->ints.empty() ? 0 : given->ints[0]);
  }
  return One(std::move(value));
}

Results Range(const ValueInputs& inputs, const Shape& shape) {
  Value value{inputs[0]->type, shape, {}};
  if (!value.is_float() && (inputs[1]->is_float() || inputs[2]->is_float())) return std::nullopt;
  for (int64_t i = 0; i < value.count(); ++i) {
    if (value.is_float()) {
      value.data.floats.push_back(
          static_cast<float>(inputs[0]->Number(0) + static_cast<double>(i) * inputs[2]->Number(0)));
    } else {
      value.data.ints.push_back(inputs[0]->data.ints[0] + i * inputs[2]->data.ints[0]);
    }
  }
  return One(std::move(value));
}

}  // namespace

Results EvaluateLayout(const graph::Graph& graph, const graph::Node& node, const ValueInputs& inputs) {
  const graph::Tensor& output = graph.tensor(node.outputs[0]);
  const std::string& op = node.op;
  if (op == "Shape" || op == "Size") return ShapeOf(graph, node);
  const auto present = [&inputs](size_t count) {
    return inputs.size() >= count && std::all_of(inputs.begin(), inputs.begin() + static_cast<std::ptrdiff_t>(count),
                                                 [](const Value* value) { return value != nullptr; });
  };
  if (!present(1)) return std::nullopt;
  const Value& x = *inputs[0];
  if (op == "Identity" || op == "Dropout" || op == "Reshape" || op == "Flatten" || op == "Squeeze" ||
      op == "Unsqueeze") {
    return One({x.type, output.shape, x.data});
  }
  if (op == "Transpose") return Transpose(node, x, output.shape);
  if (op == "Concat" && present(inputs.size())) return Concat(node, inputs, output.shape);
  if (op == "Split") return Split(graph, node, x);
  if (op == "Slice" && present(3)) return Slice(inputs, output.shape);
  if (op == "Gather" && present(2)) return Gather(node, inputs, output.shape);
  if (op == "Expand") return Expand(x, output.shape);
  if (op == "Tile") return Tile(x, output.shape);
  if (op == "ConstantOfShape") return ConstantOfShape(node, output.type, output.shape);
  if (op == "Range" && present(3)) return Range(inputs, output.shape);
  return std::nullopt;
}

}  // namespace lockstep::optimize
