#include "graph/resize.h"

#include <algorithm>
#include <cmath>

#include "graph/constants.h"
#include "ops/op.h"
#include "ops/op_table.h"
#include "ops/resize_taps.h"

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
  if (target == nullptr) return;
  context.Require(target->count() == static_cast<int64_t>(axes.size()),
                  "it has " + std::to_string(target->count()) + (by_scales ? " scales" : " sizes") + " for " +
                      std::to_string(axes.size()) + " axes");
  std::vector<int64_t> extents;
  for (const int64_t axis : axes) {
    extents.push_back(shape[static_cast<size_t>(axis)]);
    context.Require(extents.back() >= 1, "its input is empty");
  }
  // In float32, as ONNX defines it: 10 times 0.7 is 7 there, and a little less in double.
  const float aspect = by_scales ? 0.0F : graph::KeptAspectScale(context.node, extents, target->data.ints);
  for (size_t i = 0; i < axes.size(); ++i) {
    int64_t& dimension = shape[static_cast<size_t>(axes[i])];
    if (by_scales) {
      const float scaled = static_cast<float>(dimension) * target->data.floats.at(i);
      context.Require(scaled >= 0.0F && scaled < 1e9F, "it has the scale " + std::to_string(target->data.floats[i]));
      dimension = static_cast<int64_t>(std::floor(scaled));
    } else if (aspect > 0.0F) {
      dimension = static_cast<int64_t>(std::round(static_cast<float>(dimension) * aspect));
    } else {
      dimension = target->data.ints.at(i);
    }
    context.Require(dimension >= 1, "its output would be empty");
  }
  context.Set(context.Type(0), shape);
}

// Scales and sizes of all axes instead of those that opset 18 names, which a policy needs to know.
bool Normalize(Graph& graph, Node& node) {
  const auto found = node.attributes.find("axes");
  if (found == node.attributes.end() || node.String("keep_aspect_ratio_policy", "stretch") != "stretch") return false;
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

// y of one axis: sums of stretches of x that lie side by side, `inner` long.
std::vector<double> InterpolateAxis(const std::vector<double>& x, int64_t extent, int64_t inner,
                                    const std::vector<Taps>& taps, double extrapolated) {
  const auto length = static_cast<size_t>(inner);
  const size_t outer = x.size() / (static_cast<size_t>(extent) * length);
  std::vector<double> y(outer * taps.size() * length);
  double* to = y.data();
  for (size_t i = 0; i < outer; ++i) {
    const double* from = x.data() + i * static_cast<size_t>(extent) * length;
    for (const Taps& here : taps) {
      std::fill_n(to, length, here.elements.empty() ? extrapolated : 0.0);
      for (size_t tap = 0; tap < here.elements.size(); ++tap) {
        const double weight = here.weights[tap];
        const double* row = from + static_cast<size_t>(here.elements[tap]) * length;
        for (size_t k = 0; k < length; ++k) to[k] += weight * row[k];
      }
      to += length;
    }
  }
  return y;
}

bool TakesEveryElement(const std::vector<Taps>& taps, int64_t extent) {
  if (static_cast<int64_t>(taps.size()) != extent) return false;
  for (size_t i = 0; i < taps.size(); ++i) {
    const std::vector<double>& weights = taps[i].weights;
    for (size_t tap = 0; tap < weights.size(); ++tap) {
      if ((taps[i].elements[tap] == static_cast<int64_t>(i)) != (weights[tap] != 0.0)) return false;
    }
    if (weights.empty()) return false;
  }
  return true;
}

// One axis after the other.
Value Interpolate(const WithConstants& known, const Value& x, const Shape& to) {
  const std::vector<std::vector<Taps>> taps = ResizeTaps(known.graph, known.node);
  const double extrapolated = known.node.Float("extrapolation_value", 0.0F);
  std::vector<double> values(x.data.floats.begin(), x.data.floats.end());
  Shape shape = x.shape;
  for (size_t axis = 0; axis < to.size(); ++axis) {
    if (TakesEveryElement(taps[axis], shape[axis])) continue;
    values = InterpolateAxis(values, shape[axis], Strides(shape)[axis], taps[axis], extrapolated);
    shape[axis] = to[axis];
  }
  Value result = MakeValue(x.type, to);
  for (size_t i = 0; i < values.size(); ++i) result.data.floats[i] = static_cast<float>(values[i]);
  return result;
}

Results Evaluate(const Call& call) {
  const Value& x = call.In(0);
  if (call.node.Int("antialias", 0) != 0) return std::nullopt;
  const WithConstants known(call);
  if (!graph::IsNearest(call.node) || !graph::UnsupportedResize(call.node).empty()) {
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

// Beyond this sum of their absolutes weights leave too few bits to integers; those of common interpolations are at most
// 1.5 together.
constexpr double kLargestWeights = 8.0;

std::string Unsupported(const Graph& graph, const Node& node) {
  std::string reason = ImageOnly(graph, node.inputs[0]);
  if (!reason.empty()) return reason;
  reason = graph::UnsupportedResize(node);
  if (!reason.empty()) return reason;
  const Shape& from = graph.tensor(node.inputs[0]).shape;
  const std::vector<std::vector<Taps>> taps = ResizeTaps(graph, node);
  for (const size_t axis : {0U, 1U}) {
    if (!TakesEveryElement(taps[axis], from[axis])) return "it resizes more than height and width";
  }
  const std::string policy = node.String("keep_aspect_ratio_policy", "stretch");
  if (from.size() != 4 && policy != "stretch") {
    return "keep_aspect_ratio_policy '" + policy + "' is supported for images of rank 4 alone";
  }
  for (size_t axis = 2; axis < taps.size(); ++axis) {
    for (const Taps& here : taps[axis]) {
      double sum = 0.0;
      for (const double weight : here.weights) sum += std::abs(weight);
      if (!(sum <= kLargestWeights)) {
        return "cubic_coeff_a " + std::to_string(node.Float("cubic_coeff_a", -0.75F)) + " gives weights of " +
               std::to_string(sum) + " in sum, above 8";
      }
    }
  }
  return {};
}

}  // namespace

constexpr Op kResize =
    Op({1, 4}, Infer, Evaluate, LayoutKind::kWindow, Unsupported).Normal(Normalize).SharesScale(graph::IsNearest);

}  // namespace lockstep::ops
