// InstanceNormalization, LayerNormalization, MeanVarianceNormalization, LpNormalization and LRN: every element is
// divided by what its neighbours measure.
#include <algorithm>
#include <cmath>

#include "graph/constants.h"
#include "ops/broadcast.h"
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::Shape;

struct Moments {
  double mean = 0.0;
  double variance = 0.0;
};

// Of `count` elements, `stride` apart.
Moments MomentsOf(const float* x, int64_t count, int64_t stride) {
  Moments moments;
  for (int64_t i = 0; i < count; ++i) moments.mean += x[i * stride];
  moments.mean /= static_cast<double>(count);
  for (int64_t i = 0; i < count; ++i) {
    const double distance = x[i * stride] - moments.mean;
    moments.variance += distance * distance;
  }
  moments.variance /= static_cast<double>(count);
  return moments;
}

// Inputs: x, scale and bias per channel.
void InferInstance(InferContext& context) {
  context.RequireOneType(0);
  context.Real("epsilon", 1e-5F);
  context.Require(context.Rank(0) >= 3, "its input of shape " + graph::ToString(context.Shape(0)) + " is no image");
  for (size_t i = 1; i < 3; ++i) {
    context.Require(context.Shape(i) == Shape{context.Shape(0)[1]},
                    "its input " + std::to_string(i) + " has shape " + graph::ToString(context.Shape(i)) + " for " +
                        std::to_string(context.Shape(0)[1]) + " channels");
  }
  context.SetLikeInput();
}

Results EvaluateInstance(const Call& call) {
  if (!call.AllFloat() || call.In(0).count() == 0) return std::nullopt;
  Value result = call.In(0);
  const double epsilon = call.node.Float("epsilon", 1e-5F);
  const int64_t planes = result.shape[0] * result.shape[1];
  const int64_t size = result.count() / planes;
  for (int64_t plane = 0; plane < planes; ++plane) {
    float* x = result.data.floats.data() + plane * size;
    const Moments moments = MomentsOf(x, size, 1);
    const auto c = static_cast<size_t>(plane % result.shape[1]);
    const double factor = call.In(1).data.floats[c] / std::sqrt(moments.variance + epsilon);
    for (int64_t i = 0; i < size; ++i) {
      x[i] = static_cast<float>((x[i] - moments.mean) * factor + call.In(2).data.floats[c]);
    }
  }
  return One(std::move(result));
}

// Inputs: x, scale, bias; outputs: y, mean, inverse deviation.
void InferLayer(InferContext& context) {
  context.RequireOneType(0);
  context.Real("epsilon", 1e-5F);
  context.Int("stash_type", 1, 1, 1);
  const int64_t axis = context.AxisAttribute("axis", -1, context.Rank(0));
  const Shape& shape = context.Shape(0);
  const Shape normalized(shape.begin() + axis, shape.end());
  for (size_t i = 1; i < context.node.inputs.size(); ++i) {
    if (!context.Has(i)) continue;
    const auto together = Broadcast(normalized, context.Shape(i));
    context.Require(together.has_value() && *together == normalized,
                    "its input " + std::to_string(i) + " of shape " + graph::ToString(context.Shape(i)) +
                        " does not fit " + graph::ToString(normalized));
  }
  context.SetLikeInput();
  Shape statistics = shape;
  std::fill(statistics.begin() + axis, statistics.end(), 1);
  context.Set(context.Type(0), statistics, 1);
  context.Set(context.Type(0), statistics, 2);
}

Results EvaluateLayer(const Call& call) {
  if (!call.AllFloat() || call.In(0).count() == 0) return std::nullopt;
  std::vector<Value> results = {call.In(0)};
  for (size_t i = 1; i < call.node.outputs.size(); ++i) results.push_back(MakeValue(call.Type(0), call.Shape(i)));
  const Shape& shape = results[0].shape;
  const auto axis = static_cast<std::ptrdiff_t>(call.Axis("axis", -1, shape.size()));
  const Shape normalized(shape.begin() + axis, shape.end());
  const int64_t size = graph::ElementCount(normalized);
  const double epsilon = call.node.Float("epsilon", 1e-5F);
  const BroadcastIndex scales(call.In(1).shape, normalized);
  const BroadcastIndex biases(call.Has(2) ? call.In(2).shape : Shape{}, normalized);
  for (int64_t row = 0; row * size < results[0].count(); ++row) {
    float* x = results[0].data.floats.data() + row * size;
    const Moments moments = MomentsOf(x, size, 1);
    const double factor = 1.0 / std::sqrt(moments.variance + epsilon);
    for (int64_t i = 0; i < size; ++i) {
      const double scaled = (x[i] - moments.mean) * factor * call.In(1).data.floats[scales.At(i)];
      x[i] = static_cast<float>(call.Has(2) ? scaled + call.In(2).data.floats[biases.At(i)] : scaled);
    }
    if (results.size() > 1) results[1].data.floats[static_cast<size_t>(row)] = static_cast<float>(moments.mean);
    if (results.size() > 2) results[2].data.floats[static_cast<size_t>(row)] = static_cast<float>(factor);
  }
  return results;
}

bool NormalizeLayer(graph::Graph& graph, graph::Node& node) { return NormalizeAxis(graph, node, -1); }

std::string UnsupportedLayer(const graph::Graph& graph, const graph::Node& node) {
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    if (!HasInput(node, i)) continue;
    const char* name = i == 1 ? "scale" : "bias";
    if (!graph::IsConstant(graph, node.inputs[i])) return std::string("its ") + name + " is computed";
    if (!AllFinite(graph, node.inputs[i])) return std::string("its ") + name + " holds what is no finite number";
  }
  for (size_t i = 1; i < node.outputs.size(); ++i) {
    if (node.outputs[i] != graph::kNoTensor) return "its mean or deviation is used; only its first output is supported";
  }
  return {};
}

std::vector<int64_t> MeanAxes(const graph::Node& node, size_t rank) {
  std::vector<int64_t> axes = node.Ints("axes", {0, 2, 3});
  for (int64_t& axis : axes) axis = axis < 0 ? axis + static_cast<int64_t>(rank) : axis;
  return axes;
}

void InferMeanVariance(InferContext& context) {
  std::vector<int64_t> axes = context.node.Ints("axes", {0, 2, 3});
  for (int64_t& axis : axes) axis = context.Axis(axis, context.Rank(0), "axes entry");
  context.RequireDistinct(axes);
  context.SetLikeInput();
}

Results EvaluateMeanVariance(const Call& call) {
  if (!call.In(0).is_float()) return std::nullopt;
  Value result = call.In(0);
  std::vector<int64_t> strides(result.shape.size(), 0);  // of the groups that are normalised together
  std::vector<int64_t> axes = MeanAxes(call.node, result.shape.size());
  int64_t groups = 1;
  for (size_t i = result.shape.size(); i-- > 0;) {
    if (std::find(axes.begin(), axes.end(), static_cast<int64_t>(i)) != axes.end()) continue;
    strides[i] = groups;
    groups *= result.shape[i];
  }
  std::vector<double> sum(static_cast<size_t>(groups));
  std::vector<double> squares(sum.size());
  const double count = static_cast<double>(result.count()) / static_cast<double>(groups);
  const auto group = [&](int64_t i) { return static_cast<size_t>(Offset(i, result.shape, strides)); };
  for (int64_t i = 0; i < result.count(); ++i) sum[group(i)] += result.data.floats[static_cast<size_t>(i)] / count;
  for (int64_t i = 0; i < result.count(); ++i) {
    const double distance = result.data.floats[static_cast<size_t>(i)] - sum[group(i)];
    squares[group(i)] += distance * distance / count;
  }
  constexpr double kEpsilon = 1e-9;
  for (int64_t i = 0; i < result.count(); ++i) {
    float& x = result.data.floats[static_cast<size_t>(i)];
    x = static_cast<float>((x - sum[group(i)]) / (std::sqrt(squares[group(i)]) + kEpsilon));
  }
  return One(std::move(result));
}

void InferLp(InferContext& context) {
  context.AxisAttribute("axis", -1, context.Rank(0));
  context.Int("p", 2, 1, 2);
  context.SetLikeInput();
}

Results EvaluateLp(const Call& call) {
  if (!call.In(0).is_float()) return std::nullopt;
  Value result = call.In(0);
  const bool squares = call.node.Int("p", 2) == 2;
  const Rows rows(result.shape, call.Axis("axis", -1, result.shape.size()));
  for (int64_t r = 0; r < rows.count; ++r) {
    float* x = result.data.floats.data() + rows.Begin(r);
    double sum = 0.0;
    for (int64_t i = 0; i < rows.length; ++i) {
      const double one = x[i * rows.stride];
      sum += squares ? one * one : std::abs(one);
    }
    const double norm = squares ? std::sqrt(sum) : sum;
    if (norm == 0.0) continue;  // zeros stay
    for (int64_t i = 0; i < rows.length; ++i) x[i * rows.stride] = static_cast<float>(x[i * rows.stride] / norm);
  }
  return One(std::move(result));
}

// Of p = 2 it has become a LayerNormalization (RecognizeRootMeanSquare).
std::string UnsupportedLp(const graph::Graph&, const graph::Node& node) {
  return node.Int("p", 2) == 2 ? "" : "its attribute 'p' is 1; only 2 is supported";
}

void InferLrn(InferContext& context) {
  context.Real("alpha", 1e-4F);
  context.Real("beta", 0.75F);
  context.Real("bias", 1.0F);
  context.Int("size", 0, 1, kLargestEntry);
  context.Require(context.Rank(0) >= 2, "its input of shape " + graph::ToString(context.Shape(0)) + " has no channels");
  context.SetLikeInput();
}

Results EvaluateLrn(const Call& call) {
  if (!call.In(0).is_float()) return std::nullopt;
  const Value& x = call.In(0);
  Value result = x;
  const int64_t size = call.node.Int("size", 1);
  const double alpha = call.node.Float("alpha", 1e-4F);
  const double beta = call.node.Float("beta", 0.75F);
  const double bias = call.node.Float("bias", 1.0F);
  const Rows rows(x.shape, 1);
  for (int64_t r = 0; r < rows.count; ++r) {
    for (int64_t c = 0; c < rows.length; ++c) {
      double sum = 0.0;
      const int64_t last = std::min(rows.length - 1, c + size / 2);
      for (int64_t i = std::max<int64_t>(0, c - (size - 1) / 2); i <= last; ++i) {
        const double one = x.data.floats[static_cast<size_t>(rows.Begin(r) + i * rows.stride)];
        sum += one * one;
      }
      float& y = result.data.floats[static_cast<size_t>(rows.Begin(r) + c * rows.stride)];
      y = static_cast<float>(y / std::pow(bias + alpha / static_cast<double>(size) * sum, beta));
    }
  }
  return One(std::move(result));
}

}  // namespace

constexpr Op kInstanceNormalization = Op({3, 3}, InferInstance, EvaluateInstance, LayoutKind::kUnsupported, Supported);
constexpr Op kLRN = Op({1, 1}, InferLrn, EvaluateLrn, LayoutKind::kUnsupported, Supported);
constexpr Op kLayerNormalization =
    Op({2, 3, 3}, InferLayer, EvaluateLayer, LayoutKind::kOnnxOrder, UnsupportedLayer).Normal(NormalizeLayer);
constexpr Op kLpNormalization = Op({1, 1}, InferLp, EvaluateLp, LayoutKind::kUnsupported, UnsupportedLp);
constexpr Op kMeanVarianceNormalization =
    Op({1, 1}, InferMeanVariance, EvaluateMeanVariance, LayoutKind::kUnsupported, Supported);

}  // namespace lockstep::ops
