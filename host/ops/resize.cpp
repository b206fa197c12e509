#include "graph/resize.h"

#include <algorithm>
#include <cmath>

#include "graph/constants.h"
#include "ops/cubic.h"
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

// Scales, sizes and the region are looked for among a graph's constants, where computed ones are not.
struct WithConstants {
  Graph graph;
  Node node;

  explicit WithConstants(const Call& call) : node(call.node) {
    static constexpr const char* kNames[] = {"x", "roi", "scales", "sizes"};
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      if (!call.Has(i)) continue;
      graph::Tensor tensor{kNames[i], call.In(i).type, call.In(i).shape, std::nullopt};
      if (i > 0) tensor.constant = call.In(i).data;
      node.inputs[i] = graph.AddTensor(std::move(tensor));
    }
    node.outputs = {graph.AddTensor({"y", call.In(0).type, call.Shape(), std::nullopt})};
  }
};

// The elements of one axis that an output index is made of, with their weights; none where all of it is the
// extrapolated value.
struct Taps {
  std::vector<int64_t> elements;
  std::vector<double> weights;
};

Taps TapsAt(const Node& node, float place, int64_t size) {
  constexpr float kFar = 1e9F;
  place = std::clamp(place, -kFar, kFar);
  const std::string mode = node.String("mode", "nearest");
  if (node.String("coordinate_transformation_mode", "") == "tf_crop_and_resize" &&
      (place < 0.0F || place > static_cast<float>(size - 1))) {
    return {};
  }
  const auto within = [size](int64_t index) { return std::clamp<int64_t>(index, 0, size - 1); };
  if (mode == "nearest") return {{within(graph::NearestIndex(node, place))}, {1.0}};
  const double first = std::floor(place);
  const auto index = static_cast<int64_t>(first);
  if (mode == "linear") {
    const double clipped = std::clamp<double>(place, 0.0, static_cast<double>(size - 1));
    const auto low = static_cast<int64_t>(clipped);
    const double share = clipped - static_cast<double>(low);
    return {{low, within(low + 1)}, {1.0 - share, share}};
  }
  Taps taps;
  const std::array<double, 4> weights = CubicWeights(place - first, node.Float("cubic_coeff_a", -0.75F));
  const bool exclude = node.Int("exclude_outside", 0) != 0;
  double sum = 0.0;
  for (int64_t i = 0; i < 4; ++i) {
    const int64_t element = index - 1 + i;
    if (exclude && element != within(element)) continue;
    taps.elements.push_back(within(element));
    taps.weights.push_back(weights[static_cast<size_t>(i)]);
    sum += taps.weights.back();
  }
  for (double& weight : taps.weights) weight /= sum;
  return taps;
}

// One axis after the other.
Value Interpolate(const WithConstants& known, const Value& x, const Shape& to) {
  const std::vector<std::vector<float>> places = graph::ResizedPlaces(known.graph, known.node);
  const float extrapolated = known.node.Float("extrapolation_value", 0.0F);
  std::vector<double> values(x.data.floats.begin(), x.data.floats.end());
  Shape shape = x.shape;
  for (size_t axis = 0; axis < to.size(); ++axis) {
    std::vector<Taps> taps;
    bool moves = shape[axis] != to[axis];
    for (size_t i = 0; i < places[axis].size(); ++i) {
      moves = moves || places[axis][i] != static_cast<float>(i);
      taps.push_back(TapsAt(known.node, places[axis][i], shape[axis]));
    }
    if (!moves) continue;
    const int64_t stride = Strides(shape)[axis];
    const int64_t extent = shape[axis];
    shape[axis] = to[axis];
    std::vector<double> made(static_cast<size_t>(graph::ElementCount(shape)));
    for (size_t i = 0; i < made.size(); ++i) {
      const auto at = static_cast<int64_t>(i);
      const Taps& here = taps[static_cast<size_t>(at / stride % to[axis])];
      const int64_t begin = at / (stride * to[axis]) * stride * extent + at % stride;
      double sum = here.elements.empty() ? extrapolated : 0.0;
      for (size_t tap = 0; tap < here.elements.size(); ++tap) {
        sum += here.weights[tap] * values[static_cast<size_t>(begin + here.elements[tap] * stride)];
      }
      made[i] = sum;
    }
    values = std::move(made);
  }
  Value result = MakeValue(x.type, to);
  for (size_t i = 0; i < values.size(); ++i) result.data.floats[i] = static_cast<float>(values[i]);
  return result;
}

Results Evaluate(const Call& call) {
  const Value& x = call.In(0);
  if (call.node.Int("antialias", 0) != 0) return std::nullopt;
  const WithConstants known(call);
  if (!graph::UnsupportedResize(call.node).empty()) {
    if (!x.is_float()) return std::nullopt;
    return One(Interpolate(known, x, call.Shape()));
  }
  const std::vector<std::vector<int64_t>> sources = graph::NearestSources(known.graph, known.node);
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
