#include <algorithm>

#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::Shape;

std::string Text(int64_t value) { return std::to_string(value); }

// Inputs: x, the sizes of the parts; without sizes equal parts, the last one smaller.
void Infer(InferContext& context) {
  const Shape& from = context.Shape(0);
  const auto axis = static_cast<size_t>(context.AxisAttribute("axis", 0, context.Rank(0)));
  const auto parts = static_cast<int64_t>(context.node.outputs.size());
  std::vector<int64_t> sizes;
  if (context.Has(1)) {
    const std::vector<int64_t>* value = context.Ints(1);
    if (value == nullptr) return;
    sizes = *value;
  } else {
    const int64_t most = (from[axis] + parts - 1) / parts;
    for (int64_t left = from[axis], i = 0; i < parts; ++i, left -= most) {
      sizes.push_back(std::clamp<int64_t>(left, 0, most));
    }
  }
  context.Require(static_cast<int64_t>(sizes.size()) == parts,
                  "it has " + Text(parts) + " outputs and " + Text(static_cast<int64_t>(sizes.size())) + " sizes");
  int64_t total = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    context.Require(sizes[i] >= 0 && sizes[i] <= from[axis], "it has the size " + Text(sizes[i]));
    total += sizes[i];
    Shape part = from;
    part[axis] = sizes[i];
    context.Set(context.Type(0), part, i);
  }
  context.Require(total == from[axis], "its sizes add up to " + Text(total) + " instead of " + Text(from[axis]));
}

bool Normalize(graph::Graph& graph, graph::Node& node) {
  const bool changed = NormalizeAxis(graph, node, 0);
  const auto axis = static_cast<size_t>(node.Int("axis", 0));
  std::vector<int64_t> sizes;
  for (const graph::TensorId id : node.outputs) sizes.push_back(graph.tensor(id).shape[axis]);
  return SetInts(graph, node, 1, "sizes", sizes) || changed;
}

Results Evaluate(const Call& call) {
  const Value& x = call.In(0);
  const size_t axis = call.Axis("axis", 0, x.shape.size());
  const std::vector<int64_t> strides = Strides(x.shape);
  std::vector<Value> parts;
  int64_t start = 0;
  for (size_t part = 0; part < call.node.outputs.size(); ++part) {
    const Shape& shape = call.Shape(part);
    parts.push_back(Copy(x, shape, [&](int64_t i) { return Offset(i, shape, strides) + start * strides[axis]; }));
    start += shape[axis];
  }
  return parts;
}

}  // namespace

constexpr Op kSplit = Op({1, 2, kAnyNumber}, Infer, Evaluate, LayoutKind::kSplit, Supported).Normal(Normalize).View();

}  // namespace lockstep::ops
