#include "ops/pad.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "graph/constants.h"
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::Graph;
using graph::Node;
using graph::Shape;

// Inputs: x, pads, value, axes.
void Infer(InferContext& context) {
  const std::string mode = context.OneOf("mode", "constant", {"constant", "edge", "reflect", "wrap"});
  context.RequireType(2, context.Type(0));
  context.Require(!context.Has(2) || graph::ElementCount(context.Shape(2)) == 1, "its value is not one number");
  const std::vector<int64_t>* pads = context.Ints(1);
  if (pads == nullptr) return;
  Shape to = context.Shape(0);
  std::vector<int64_t> axes(to.size());
  std::iota(axes.begin(), axes.end(), int64_t{0});
  if (context.Has(3)) {
    if (context.Ints(3) == nullptr) return;
    axes = *context.Ints(3);
  }
  context.Require(pads->size() == 2 * axes.size(), "it has " + std::to_string(pads->size()) + " pads; allowed for " +
                                                       std::to_string(axes.size()) +
                                                       " axes: " + std::to_string(2 * axes.size()));
  for (int64_t& axis : axes) axis = context.Axis(axis, context.Rank(0), "axes entry");
  context.RequireDistinct(axes);
  for (size_t i = 0; i < axes.size(); ++i) {
    int64_t& dimension = to[static_cast<size_t>(axes[i])];
    for (const int64_t pad : {(*pads)[i], (*pads)[axes.size() + i]}) {
      context.Require(pad >= -kLargestEntry && pad <= kLargestEntry, "it has the pad " + std::to_string(pad));
    }
    const bool empty = dimension == 0 && mode != "constant";
    dimension += (*pads)[i] + (*pads)[axes.size() + i];
    context.Require(dimension >= 0 && !(empty && dimension > 0),
                    "its pads leave nothing of axis " + std::to_string(axes[i]));
  }
  context.Set(context.Type(0), to);
}

// Pads of all axes instead of those that opset 18 names.
bool Normalize(Graph& graph, Node& node) {
  if (node.inputs.size() < 4) return false;
  if (!graph::IsConstant(graph, node.inputs[1])) return false;
  if (HasInput(node, 3)) {
    if (!graph::IsConstant(graph, node.inputs[3])) return false;
    const size_t rank = graph.tensor(node.inputs[0]).shape.size();
    const std::vector<int64_t> given = graph.Ints(node.inputs[1]);
    const std::vector<int64_t> axes = graph.Ints(node.inputs[3]);
    std::vector<int64_t> pads(2 * rank, 0);
    for (size_t i = 0; i < axes.size(); ++i) {
      const auto axis = static_cast<size_t>(axes[i] < 0 ? axes[i] + static_cast<int64_t>(rank) : axes[i]);
      pads[axis] = given.at(i);
      pads[rank + axis] = given.at(axes.size() + i);
    }
    SetInts(graph, node, 1, "pads", pads);
  }
  node.inputs.resize(3);
  if (node.inputs[2] == graph::kNoTensor) node.inputs.resize(2);
  return true;
}

Results Evaluate(const Call& call) {
  const Value& x = call.In(0);
  const Shape& shape = call.Shape();
  const std::string mode = call.node.String("mode", "constant");
  const std::vector<int64_t> pads = call.Ints(1);
  std::vector<int64_t> begins(shape.size(), 0);
  const std::vector<int64_t> axes = call.Ints(3);
  for (size_t i = 0; i < pads.size() / 2; ++i) {
    const int64_t axis = call.Has(3) ? axes[i] : static_cast<int64_t>(i);
    begins[static_cast<size_t>(axis < 0 ? axis + static_cast<int64_t>(shape.size()) : axis)] = pads[i];
  }
  Value result = MakeValue(x.type, shape);
  for (int64_t i = 0; i < result.count(); ++i) {
    int64_t rest = i;
    int64_t offset = 0;
    int64_t stride = 1;
    bool fill = false;
    for (size_t axis = shape.size(); axis-- > 0;) {
      const int64_t from = PaddedIndex(mode, rest % shape[axis] - begins[axis], x.shape[axis]);
      fill = fill || from == kFill;
      offset += from * stride;
      stride *= x.shape[axis];
      rest /= shape[axis];
    }
    const auto to = static_cast<size_t>(i);
    const Value* source = fill ? (call.Has(2) ? &call.In(2) : nullptr) : &x;
    const auto at = static_cast<size_t>(fill ? 0 : offset);
    if (source == nullptr) continue;
    if (x.is_float()) {
      result.data.floats[to] = source->data.floats[at];
    } else {
      result.data.ints[to] = source->data.ints[at];
    }
  }
  return One(std::move(result));
}

std::string Unsupported(const Graph& graph, const Node& node) {
  if (!graph::IsConstant(graph, node.inputs[1])) return "its pads are computed";
  if (node.inputs.size() > 3) return "its axes are computed";
  if (!HasInput(node, 2)) return {};
  const graph::Tensor& value = graph.tensor(node.inputs[2]);
  if (!value.constant) return "its value '" + value.name + "' is computed";
  const std::vector<float>& floats = value.constant->floats;
  return !floats.empty() && std::isnan(floats[0]) ? "its value '" + value.name + "' is NaN" : "";
}

}  // namespace

int64_t PaddedIndex(const std::string& mode, int64_t index, int64_t extent) {
  if (index >= 0 && index < extent) return index;
  if (mode == "constant") return kFill;
  if (mode == "edge") return std::clamp<int64_t>(index, 0, extent - 1);
  if (mode == "wrap") return ((index % extent) + extent) % extent;
  if (extent == 1) return 0;
  const int64_t period = 2 * (extent - 1);
  const int64_t phase = ((index % period) + period) % period;
  return phase < extent ? phase : period - phase;
}

std::vector<std::vector<int64_t>> PaddedIndices(const graph::Graph& graph, const graph::Node& node) {
  const graph::Shape& shape = graph.tensor(node.inputs[0]).shape;
  const std::string mode = node.String("mode", "constant");
  const std::vector<int64_t>& pads = graph.Ints(node.inputs[1]);
  std::vector<std::vector<int64_t>> indices(shape.size());
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    const int64_t end = shape[axis] + pads[axis + shape.size()];
    for (int64_t i = -pads[axis]; i < end; ++i) indices[axis].push_back(PaddedIndex(mode, i, shape[axis]));
  }
  return indices;
}

double PadValue(const graph::Graph& graph, const graph::Node& node) {
  if (node.String("mode", "constant") != "constant" || !HasInput(node, 2)) return 0.0;
  const graph::ConstantData& value = graph.tensor(node.inputs[2]).constant.value();
  return value.floats.empty() ? static_cast<double>(value.ints.at(0)) : static_cast<double>(value.floats[0]);
}

constexpr Op kPad = Op({2, 4}, Infer, Evaluate, LayoutKind::kSlice, Unsupported).Normal(Normalize).View();

}  // namespace lockstep::ops
