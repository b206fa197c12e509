#include "graph/resize.h"

#include <cmath>

#include "graph/constants.h"
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::Graph;
using graph::Node;
using graph::Shape;

void CheckModes(const InferContext& context) {
  context.Flag("antialias", false);
  context.Flag("exclude_outside", false);
  context.Real("cubic_coeff_a", -0.75F);
  context.Real("extrapolation_value", 0.0F);
  context.OneOf("mode", "nearest", {"nearest", "linear", "cubic"});
  context.OneOf("keep_aspect_ratio_policy", "stretch", {"stretch", "not_larger", "not_smaller"});
  context.OneOf("nearest_mode", "round_prefer_floor", {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"});
  context.OneOf("coordinate_transformation_mode", "half_pixel",
                {"half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric",
                 "tf_half_pixel_for_nn", "tf_crop_and_resize"});
}

// Inputs: x, roi, scales, sizes.
void Infer(InferContext& context) {
  CheckModes(context);
  Shape shape = context.Shape(0);
  const auto rank = static_cast<int64_t>(shape.size());
  std::vector<int64_t> axes = context.node.Ints("axes", {});
  for (int64_t& axis : axes) axis = context.Axis(axis, rank, "axes entry");
  context.RequireDistinct(axes);
  if (axes.empty()) {
    for (int64_t axis = 0; axis < rank; ++axis) axes.push_back(axis);
  }
  const bool by_scales = context.Has(2) && graph::ElementCount(context.Shape(2)) > 0;
  context.Require(by_scales || context.Has(3), "it has neither scales nor sizes");
  context.RequireType(2, graph::ElementType::kFloat);
  context.RequireType(3, graph::ElementType::kInt64);
  const Value* target = context.Constant(by_scales ? 2 : 3);
  if (target == nullptr || context.node.String("keep_aspect_ratio_policy", "stretch") != "stretch") return;
  context.Require(target->count() == static_cast<int64_t>(axes.size()),
                  "it has " + std::to_string(target->count()) + (by_scales ? " scales" : " sizes") + " for " +
                      std::to_string(axes.size()) + " axes");
  for (size_t i = 0; i < axes.size(); ++i) {
    int64_t& dimension = shape[static_cast<size_t>(axes[i])];
    context.Require(dimension >= 1, "its input is empty");
    if (by_scales) {
      // In float32, as ONNX defines it: 10 times 0.7 is 7 there, and a little less in double.
      const float scaled = static_cast<float>(dimension) * target->data.floats.at(i);
      context.Require(scaled >= 0.0F && scaled < 1e9F, "it has the scale " + std::to_string(target->data.floats[i]));
      dimension = static_cast<int64_t>(std::floor(scaled));
    } else {
      dimension = target->data.ints.at(i);
    }
    context.Require(dimension >= 1, "its output would be empty");
  }
  context.Set(context.Type(0), shape);
}

// Scales and sizes of all axes instead of those that opset 18 names.
bool Normalize(Graph& graph, Node& node) {
  const auto found = node.attributes.find("axes");
  if (found == node.attributes.end()) return false;
  const std::vector<int64_t> axes = node.Ints("axes", {});
  if (!axes.empty()) {
    const Shape from = graph.tensor(node.inputs[0]).shape;
    const Shape to = graph.tensor(node.outputs[0]).shape;
    if (HasInput(node, 2)) {
      if (!graph::IsConstant(graph, node.inputs[2])) return false;
      std::vector<float> scales(from.size(), 1.0F);
      for (size_t i = 0; i < axes.size(); ++i) {
        const auto axis = static_cast<size_t>(axes[i] < 0 ? axes[i] + static_cast<int64_t>(from.size()) : axes[i]);
        scales[axis] = graph.tensor(node.inputs[2]).constant->floats.at(i);
      }
      node.inputs[2] = graph::AddFloats(graph, node.name + "_scales", {static_cast<int64_t>(from.size())}, scales);
    } else {
      SetInts(graph, node, 3, "sizes", to);
    }
  }
  node.attributes.erase("axes");
  return true;
}

Results Evaluate(const Call& call) {
  if (!graph::UnsupportedResize(call.node).empty()) return std::nullopt;
  const Value& x = call.In(0);
  // The scales are looked for among the graph's constants, where computed ones are not.
  Graph known;
  Node node = call.node;
  node.inputs = {known.AddTensor({"x", x.type, x.shape, std::nullopt}), graph::kNoTensor};
  if (call.Has(2))
    node.inputs.push_back(known.AddTensor({"scales", call.In(2).type, call.In(2).shape, call.In(2).data}));
  node.outputs = {known.AddTensor({"y", x.type, call.Shape(), std::nullopt})};
  const std::vector<std::vector<int64_t>> sources = graph::NearestSources(known, node);
  const std::vector<int64_t> strides = Strides(x.shape);
  const Shape& shape = call.Shape();
  return One(Copy(x, shape, [&](int64_t flat) {
    int64_t offset = 0;
    for (size_t i = shape.size(); i-- > 0;) {
      offset += sources[i][static_cast<size_t>(flat % shape[i])] * strides[i];
      flat /= shape[i];
    }
    return offset;
  }));
}

std::string Unsupported(const Graph& graph, const Node& node) {
  std::string reason = ImageOnly(graph, node.inputs[0]);
  if (!reason.empty()) return reason;
  reason = graph::UnsupportedResize(node);
  if (!reason.empty()) return reason;
  const Shape& from = graph.tensor(node.inputs[0]).shape;
  const Shape& to = graph.tensor(node.outputs[0]).shape;
  if (from[0] != to[0] || from[1] != to[1]) return "it resizes more than height and width";
  return {};
}

}  // namespace

constexpr Op kResize = Op({1, 4}, Infer, Evaluate, LayoutKind::kWindow, Unsupported).Normal(Normalize).SharesScale();

}  // namespace lockstep::ops
