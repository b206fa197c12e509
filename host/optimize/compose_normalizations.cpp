#include <algorithm>

#include "ops/cum_sum.h"
#include "optimize/composition.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::Shape;
using graph::TensorId;

// Rows along the last axes from `axis` on: no mean, a deviation of 1.
TensorId Normalised(Composition& c, TensorId x, int64_t axis, float epsilon) {
  return c.Add("LayerNormalization", "normalised", {x, c.Floats("one", {1}, {1.0F})}, c.ShapeOf(x),
               {{"axis", axis}, {"epsilon", epsilon}});
}

bool IsNumber(const Graph& graph, TensorId id, double number) {
  double value = 0.0;
  return IsUniform(graph, id, &value) && value == number;
}

// An input with an entry for each channel, for a product with tensors of shape `shape`.
TensorId PerChannel(const Graph& graph, Composition& c, size_t input, const Shape& shape) {
  Shape channels(shape.size() - 1, 1);
  channels[0] = shape[1];
  const TensorId id = c.origin().inputs[input];
  const std::string stem = input == 1 ? "scales" : "biases";
  if (!IsConstant(graph, id)) return c.Reshape(stem, id, channels);
  return c.Floats(stem, channels, std::vector<float>(graph.tensor(id).constant->floats));
}

// y = x * scale + bias, by channel, of the origin's inputs 1 and 2, into its output.
void ScaleChannels(Graph& graph, Composition& c, TensorId x) {
  const Node& origin = c.origin();
  const TensorId y = origin.outputs[0];
  const Shape shape = c.ShapeOf(y);
  const TensorId scale = origin.inputs[1];
  const TensorId bias = origin.inputs[2];
  if (IsNumber(graph, scale, 1.0) && IsNumber(graph, bias, 0.0)) {
    c.ReshapeInto(y, "shape", x);
    return;
  }
  const TensorId whole = c.Reshape("whole", x, shape);
  if (shape.size() == 4 && IsConstant(graph, scale) && IsConstant(graph, bias)) {
    const TensorId weights =
        c.Floats("weights", {shape[1], 1, 1, 1}, std::vector<float>(graph.tensor(scale).constant->floats));
    c.AddInto(y, "Conv", "scale", {whole, weights, bias}, {{"group", shape[1]}});
    return;
  }
  const TensorId scaled = c.Add("Mul", "scale", {whole, PerChannel(graph, c, 1, shape)}, shape);
  c.AddInto(y, "Add", "bias", {scaled, PerChannel(graph, c, 2, shape)});
}

// One row for each image and channel, or group of channels.
void ReplaceGroups(Graph& graph, Composition& c, int64_t groups) {
  const TensorId x = c.origin().inputs[0];
  const Shape shape = c.ShapeOf(x);
  const int64_t length = graph::ElementCount(shape) / (shape[0] * groups);
  const TensorId rows = c.Reshape("rows", x, {shape[0], groups, length});
  ScaleChannels(graph, c, Normalised(c, rows, 2, c.origin().Float("epsilon", 1e-5F)));
}

// Any axes: they become the last ones.
void ReplaceMeanVariance(Composition& c) {
  // ONNX adds 1e-9 to the deviation, LayerNormalization this to the variance: beside a deviation that is not zero both
  // are nothing.
  constexpr float kEpsilon = 1e-18F;
  const TensorId x = c.origin().inputs[0];
  const auto rank = static_cast<int64_t>(c.ShapeOf(x).size());
  std::vector<int64_t> axes = c.origin().Ints("axes", {0, 2, 3});
  for (int64_t& axis : axes) axis += axis < 0 ? rank : 0;
  std::sort(axes.begin(), axes.end());
  std::vector<int64_t> perm;
  for (int64_t axis = 0; axis < rank; ++axis) {
    if (!std::binary_search(axes.begin(), axes.end(), axis)) perm.push_back(axis);
  }
  const auto first = static_cast<int64_t>(perm.size());
  perm.insert(perm.end(), axes.begin(), axes.end());
  std::vector<int64_t> back(perm.size());
  for (size_t i = 0; i < perm.size(); ++i) back[static_cast<size_t>(perm[i])] = static_cast<int64_t>(i);
  c.TransposeInto(c.origin().outputs[0], "back", Normalised(c, c.Transpose("last", x, perm), first, kEpsilon), back);
}

// A convolution of single pixels sums the squares of the channels around each.
void ReplaceLrn(Composition& c) {
  const Node& origin = c.origin();
  const Shape shape = c.ShapeOf(origin.inputs[0]);
  const int64_t channels = shape[1];
  const int64_t size = origin.Int("size", 1);
  const float share = origin.Float("alpha", 1e-4F) / static_cast<float>(size);
  std::vector<float> weights(static_cast<size_t>(channels * channels), 0.0F);
  for (int64_t to = 0; to < channels; ++to) {
    const int64_t last = std::min(channels - 1, to + size / 2);
    for (int64_t from = std::max<int64_t>(0, to - (size - 1) / 2); from <= last; ++from) {
      weights[static_cast<size_t>(to * channels + from)] = share;
    }
  }
  const Shape image{shape[0], channels, 1, graph::ElementCount(shape) / (shape[0] * channels)};
  const TensorId x = shape.size() == 4 ? origin.inputs[0] : c.Reshape("image", origin.inputs[0], image);
  const Shape seen = c.ShapeOf(x);
  const TensorId square = c.Add("Mul", "square", {x, x}, seen);
  const std::vector<float> bias(static_cast<size_t>(channels), origin.Float("bias", 1.0F));
  const TensorId sums = c.Add(
      "Conv", "sums",
      {square, c.Floats("weights", {channels, channels, 1, 1}, std::move(weights)), c.Floats("bias", {channels}, bias)},
      seen);
  const TensorId factor = c.Add("Pow", "factor", {sums, c.Scalar("exponent", -origin.Float("beta", 0.75F))}, seen);
  c.ReshapeInto(origin.outputs[0], "whole", c.Add("Mul", "product", {x, factor}, seen));
}

// x - max - log(sum(exp(x - max))). The logarithm of a Softmax would lose all small shares, which its levels round to
// 0.
void ReplaceLogSoftmax(Composition& c) {
  const TensorId x = c.origin().inputs[0];
  const Shape shape = c.ShapeOf(x);
  const int64_t given = c.origin().Int("axis", -1);
  const int64_t axis = given < 0 ? given + static_cast<int64_t>(shape.size()) : given;
  Shape reduced = shape;
  reduced[static_cast<size_t>(axis)] = 1;
  const Composition::Attributes along = {{"axes", std::vector<int64_t>{axis}}, {"keepdims", int64_t{1}}};
  const TensorId shifted = c.Add("Sub", "shifted", {x, c.Add("ReduceMax", "largest", {x}, reduced, along)}, shape);
  const TensorId sum = c.Add("ReduceSum", "sum", {c.Add("Exp", "exp", {shifted}, shape)}, reduced, along);
  c.AddInto(c.origin().outputs[0], "Sub", "result", {shifted, c.Add("Log", "log", {sum}, reduced)});
}

// 1 where the difference from the largest is 0 and no element in front has that: a running sum counts those.
void ReplaceHardmax(Composition& c) {
  const TensorId x = c.origin().inputs[0];
  const Shape shape = c.ShapeOf(x);
  const int64_t axis = c.origin().Int("axis", -1);
  Shape reduced = shape;
  reduced[static_cast<size_t>(axis)] = 1;
  const TensorId largest =
      c.Add("ReduceMax", "largest", {x}, reduced, {{"axes", std::vector<int64_t>{axis}}, {"keepdims", int64_t{1}}});
  const TensorId is_largest =
      c.Add("IsAtLeast", "is_largest", {c.Add("Sub", "shifted", {x, largest}, shape)}, shape, {{"value", 0.0F}});
  const TensorId before =
      c.Add("CumSum", "before", {is_largest, c.Ints("axis", {axis})}, shape, {{"exclusive", int64_t{1}}});
  const TensorId is_first = c.Add("IsBelow", "is_first", {before}, shape, {{"value", 0.5F}});
  c.AddInto(c.origin().outputs[0], "Mul", "result", {is_largest, is_first});
}

bool Rewrite(Graph& graph, const graph::Uses&, size_t index) {
  const Node& node = graph.nodes[index];
  const std::string op = node.op;
  const bool instance = op == "InstanceNormalization";
  const bool group = op == "GroupNormalization";
  const bool other = op == "MeanVarianceNormalization" || op == "LRN" || op == "LogSoftmax" || op == "Hardmax";
  if (!instance && !group && !other) return false;
  const Shape shape = graph.tensor(node.inputs[0]).shape;
  if (!graph::IsKnown(shape) || graph::ElementCount(shape) == 0) return false;
  if (graph.tensor(node.inputs[0]).type != graph::ElementType::kFloat) return false;
  for (size_t i = 1; group && i < 3; ++i) {
    if (graph.tensor(node.inputs[i]).shape[0] != shape[1]) return false;  // not by channel
  }
  if (op == "Hardmax" && shape[static_cast<size_t>(node.Int("axis", -1))] > ops::kLongestRunningSum) return false;
  Composition c(graph, node);
  if (instance || group) {
    ReplaceGroups(graph, c, instance ? shape[1] : c.origin().Int("num_groups", 1));
  } else if (op == "LRN") {
    ReplaceLrn(c);
  } else if (op == "LogSoftmax") {
    ReplaceLogSoftmax(c);
  } else if (op == "Hardmax") {
    ReplaceHardmax(c);
  } else {
    ReplaceMeanVariance(c);
  }
  Retire(graph.nodes[index]);
  return true;
}

}  // namespace

int ComposeNormalizations(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
