// Of opset 16: images, sampled where a grid of x and y in -1..1 says.
#include <algorithm>
#include <cmath>

#include "graph/constants.h"
#include "graph/short_number.h"
#include "ops/cubic.h"
#include "ops/op.h"
#include "ops/op_table.h"

namespace lockstep::ops {
namespace {

using graph::ElementType;

// Inputs: x (N,C,H,W), the grid (N,H',W',2).
void Infer(InferContext& context) {
  context.Require(context.Rank(0) == 4, "its input has shape " + graph::ToString(context.Shape(0)) +
                                            "; images of shape NxCxHxW are supported");
  const graph::Shape& x = context.Shape(0);
  context.Require(x[2] >= 1 && x[3] >= 1, "its input is empty");
  const graph::Shape& grid = context.Shape(1);
  context.Require(grid.size() == 4 && grid[0] == x[0] && grid[3] == 2,
                  "its grid has shape " + graph::ToString(grid) + "; allowed: " + std::to_string(x[0]) + "xHxWx2");
  context.RequireType(0, ElementType::kFloat);
  context.RequireType(1, ElementType::kFloat);
  context.OneOf("mode", "linear", {"linear", "nearest", "cubic", "bilinear", "bicubic"});
  context.OneOf("padding_mode", "zeros", {"zeros", "border", "reflection"});
  context.Flag("align_corners", false);
  context.Set(ElementType::kFloat, {x[0], x[1], grid[1], grid[2]});
}

// By the names of opset 16; opset 20 leaves out the "bi".
std::string Mode(const graph::Node& node) {
  const std::string mode = node.String("mode", "linear");
  return mode == "linear" || mode == "cubic" ? "bi" + mode : mode;
}

bool Normalize(graph::Graph& /*graph*/, graph::Node& node) {
  bool changed = SetAttribute(node, "mode", Mode(node));
  changed |= SetAttribute(node, "padding_mode", node.String("padding_mode", "zeros"));
  return SetAttribute(node, "align_corners", node.Int("align_corners", 0)) || changed;
}

// How many pixels lie between neighbouring levels of 16 bits that hold a constant grid.
double PixelsBetweenLevels(const graph::Graph& graph, const graph::Node& node) {
  constexpr double kLevels = 65535.0;
  const graph::Shape& x = graph.tensor(node.inputs[0]).shape;
  double low = 0.0;
  double high = 0.0;
  for (const float value : graph.tensor(node.inputs[1]).constant->floats) {
    low = std::min(low, double{value});
    high = std::max(high, double{value});
  }
  const int64_t pixels = std::max(x[2], x[3]) - (node.Int("align_corners", 0) != 0 ? 1 : 0);
  return (high - low) / kLevels * 0.5 * static_cast<double>(pixels);
}

std::string Unsupported(const graph::Graph& graph, const graph::Node& node) {
  constexpr int64_t kLargestExtent = (int64_t{1} << 22) - 1;
  const graph::Shape& x = graph.tensor(node.inputs[0]).shape;
  if (Mode(node) == "bicubic") {
    return "its mode is cubic; linear and nearest are supported: export the network with one of these";
  }
  if (graph::IsConstant(graph, node.inputs[0])) return "its image is constant; only a computed one is supported";
  if (graph::IsConstant(graph, node.inputs[1]) && !AllFinite(graph, node.inputs[1])) {
    return "its grid has infinities or NaN; every place must be a number";
  }
  if (graph::IsConstant(graph, node.inputs[1])) {
    const double step = PixelsBetweenLevels(graph, node);
    // A level's step has 30 bits, of which these are behind the point where the image has 8 bits.
    const int fraction = Mode(node) == "nearest" ? 19 : 11;
    if (step >= std::ldexp(1.0, 30 - fraction)) {
      return "a level of its grid is " + graph::ShortNumber(step) +
             " pixels of the image; limit the grid's numbers, as to -2 to 2";
    }
  }
  if (std::max(x[2], x[3]) <= kLargestExtent) return {};
  return "its image has shape " + graph::ToString(x) + "; at most " + std::to_string(kLargestExtent) +
         " rows and columns are supported";
}

// One axis of the image.
struct Axis {
  int64_t size;
  bool align_corners;
  bool border;
  bool reflection;

  double Place(double at) const {
    return align_corners ? (at + 1.0) / 2.0 * static_cast<double>(size - 1)
                         : ((at + 1.0) * static_cast<double>(size) - 1.0) / 2.0;
  }
  // Into the image; reflected at the middle of the border elements, or at their outer edges.
  double Reflected(double place) const {
    const double low = align_corners ? 0.0 : -0.5;
    const double length = static_cast<double>(size) - (align_corners ? 1.0 : 0.0);
    if (length <= 0.0) return 0.0;
    const double turns = std::abs(place - low) / length;
    const double rest = (turns - std::floor(turns)) * length;
    return std::fmod(std::floor(turns), 2.0) == 0.0 ? low + rest : low + length - rest;
  }
  double Clipped(double place) const { return std::clamp(place, 0.0, static_cast<double>(size - 1)); }
  // The place that padding makes of one outside.
  double Within(double place) const {
    if (border) return Clipped(place);
    return reflection ? Clipped(Reflected(place)) : place;
  }
  // The element at an index, -1 for a zero.
  int64_t Element(int64_t index) const {
    if (index >= 0 && index < size) return index;
    if (border) return std::clamp<int64_t>(index, 0, size - 1);
    if (!reflection) return -1;
    return static_cast<int64_t>(std::llround(Clipped(Reflected(static_cast<double>(index)))));
  }
};

// The elements along one axis that make a sample, with their weights.
struct Taps {
  int64_t elements[4];
  double weights[4];
  size_t count;
};

Taps TapsAt(const Axis& axis, double at, const std::string& mode) {
  constexpr double kSlope = -0.75;
  constexpr double kFar = 1e9;  // as far as everything that is not in the image
  const double place = std::clamp(axis.Place(at), -kFar, kFar);
  if (mode == "nearest") {
    return {{axis.Element(static_cast<int64_t>(std::nearbyint(axis.Within(place))))}, {1.0}, 1};
  }
  const bool cubic = mode == "bicubic";
  const double within = cubic ? place : axis.Within(place);
  const double first = std::floor(within);
  const auto index = static_cast<int64_t>(first);
  const double fraction = within - first;
  if (!cubic) return {{axis.Element(index), axis.Element(index + 1)}, {1.0 - fraction, fraction}, 2};
  const std::array<double, 4> weights = CubicWeights(fraction, kSlope);
  Taps taps{{}, {}, 4};
  for (size_t i = 0; i < 4; ++i) {
    taps.elements[i] = axis.Element(index - 1 + static_cast<int64_t>(i));
    taps.weights[i] = weights[i];
  }
  return taps;
}

Results Evaluate(const Call& call) {
  const Value& x = call.In(0);
  const std::string mode = Mode(call.node);
  const std::string padding = call.node.String("padding_mode", "zeros");
  const bool align = call.node.Int("align_corners", 0) != 0;
  const auto axis = [&](size_t i) { return Axis{x.shape[i], align, padding == "border", padding == "reflection"}; };
  Value result = MakeValue(ElementType::kFloat, call.Shape());
  const int64_t channels = x.shape[1];
  const int64_t plane = x.shape[2] * x.shape[3];
  const int64_t samples = call.Shape()[2] * call.Shape()[3];
  for (int64_t sample = 0; sample < x.shape[0] * samples; ++sample) {
    const float* at = call.In(1).data.floats.data() + 2 * sample;
    if (!std::isfinite(at[0]) || !std::isfinite(at[1])) return std::nullopt;
    const Taps columns = TapsAt(axis(3), at[0], mode);
    const Taps rows = TapsAt(axis(2), at[1], mode);
    for (int64_t c = 0; c < channels; ++c) {
      const float* image = x.data.floats.data() + (sample / samples * channels + c) * plane;
      double sum = 0.0;
      for (size_t row = 0; row < rows.count; ++row) {
        for (size_t column = 0; column < columns.count; ++column) {
          if (rows.elements[row] < 0 || columns.elements[column] < 0) continue;
          sum += rows.weights[row] * columns.weights[column] *
                 image[rows.elements[row] * x.shape[3] + columns.elements[column]];
        }
      }
      const int64_t to = (sample / samples * channels + c) * samples + sample % samples;
      result.data.floats[static_cast<size_t>(to)] = static_cast<float>(sum);
    }
  }
  return One(std::move(result));
}

}  // namespace

constexpr Op kGridSample = Op({2, 2}, Infer, Evaluate, LayoutKind::kSampled, Unsupported).Normal(Normalize).Wide(1);

}  // namespace lockstep::ops
