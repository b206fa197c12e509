#include <algorithm>

#include "graph/constants.h"
#include "ops/op.h"
#include "ops/op_table.h"
#include "ops/window.h"

namespace lockstep::ops {
namespace {

using graph::Shape;

struct Geometry {
  std::vector<int64_t> strides, dilations, pads_begin, output;
};

// How the padding that leads to a wanted output is shared between the two ends.
int64_t BeginOfPadding(const std::string& auto_pad, int64_t total) {
  return auto_pad == "SAME_UPPER" ? total / 2 : total - total / 2;
}

// `lists` gives the entries of an attribute: key, number, default, smallest.
template <typename Lists>
Geometry Resolve(const graph::Node& node, const Shape& x, const Shape& w, const Lists& lists) {
  const size_t axes = x.size() - 2;
  Geometry geometry{lists("strides", axes, 1, 1), lists("dilations", axes, 1, 1), {}, {}};
  const auto extra = lists("output_padding", axes, 0, 0);
  const auto pads = lists("pads", 2 * axes, 0, 0);
  const bool wanted = !node.Ints("output_shape", {}).empty();
  const auto output_shape = lists("output_shape", axes, 0, wanted ? 1 : 0);
  const std::string auto_pad = node.String("auto_pad", "NOTSET");
  for (size_t i = 0; i < axes; ++i) {
    const int64_t whole = (x[i + 2] - 1) * geometry.strides[i] + extra[i] + (w[i + 2] - 1) * geometry.dilations[i] + 1;
    int64_t begin = auto_pad == "VALID" ? 0 : pads[i];
    int64_t output = whole - begin - (auto_pad == "VALID" ? 0 : pads[axes + i]);
    const bool same = auto_pad.rfind("SAME", 0) == 0;
    if (wanted || same) {
      output = wanted ? output_shape[i] : x[i + 2] * geometry.strides[i];
      begin = BeginOfPadding(auto_pad, std::max<int64_t>(whole - output, 0));
    }
    geometry.pads_begin.push_back(begin);
    geometry.output.push_back(output);
  }
  return geometry;
}

// For Resolve, of a node that `infer` has seen.
auto Attributes(const graph::Node& node) {
  return [&node](const char* key, size_t count, int64_t fallback, int64_t /*lowest*/) {
    std::vector<int64_t> entries = node.Ints(key, {});
    return entries.empty() ? std::vector<int64_t>(count, fallback) : entries;
  };
}

// Inputs: x, weights (input channels, output channels of a group, kernel..), bias.
void Infer(InferContext& context) {
  RequireImage(context);
  const Shape& x = context.Shape(0);
  const Shape& w = context.Shape(1);
  context.Require(x.size() == w.size() && w[0] == x[1],
                  "input " + graph::ToString(x) + " and weights " + graph::ToString(w) + " do not fit");
  context.RequireOneType(0);
  context.OneOf("auto_pad", "NOTSET", {"NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"});
  const int64_t group = context.Int("group", 1, 1, std::max<int64_t>(w[0], 1));
  context.Require(w[0] % group == 0, "its attribute 'group' is " + std::to_string(group) +
                                         "; allowed: divisors of its " + std::to_string(w[0]) + " input channels");
  for (size_t i = 2; i < w.size(); ++i) {
    context.Require(w[i] >= 1 && x[i] >= 1, "its input or its kernel is empty");
  }
  if (context.node.attributes.count("kernel_shape") != 0) {
    const auto kernel = context.Entries("kernel_shape", w.size() - 2, 1, 1);
    context.Require(kernel == Spatial(w), "its attribute 'kernel_shape' is " + graph::ToString(kernel) +
                                              "; allowed: the weights' " + graph::ToString(Spatial(w)));
  }
  const int64_t channels = w[1] * group;
  if (context.Has(2)) {
    context.Require(context.Shape(2) == Shape{channels},
                    "bias has shape " + graph::ToString(context.Shape(2)) + " instead of " + std::to_string(channels));
  }
  const Geometry geometry =
      Resolve(context.node, x, w, [&](const char* key, size_t count, int64_t fallback, int64_t lowest) {
        return context.Entries(key, count, fallback, lowest);
      });
  for (const int64_t output : geometry.output) context.Require(output >= 1, "its output would be empty");
  context.Set(graph::ElementType::kFloat, ImageShape(context, channels, geometry.output));
}

Results Evaluate(const Call& call) {
  if (!call.AllFloat()) return std::nullopt;
  const Value& x = call.In(0);
  const Value& w = call.In(1);
  const Geometry geometry = Resolve(call.node, x.shape, w.shape, Attributes(call.node));
  const Shape kernel = Spatial(w.shape);
  const Shape& shape = call.Shape();
  const int64_t size = graph::ElementCount(geometry.output);
  const int64_t taps = graph::ElementCount(kernel);
  const int64_t in_per_group = w.shape[0] / call.node.Int("group", 1);
  std::vector<double> sums(static_cast<size_t>(graph::ElementCount(shape)), 0.0);
  // Every input element adds a scaled kernel to the output.
  size_t next = 0;
  ForPositions(x.shape, [&](int64_t plane, int64_t, const std::vector<int64_t>& at) {
    const double pixel = x.data.floats[next++];
    const int64_t in = plane % w.shape[0];
    const int64_t first = plane / w.shape[0] * shape[1] + in / in_per_group * w.shape[1];
    std::vector<int64_t> tap(kernel.size(), 0);
    for (int64_t k = 0; k < taps; ++k) {
      int64_t offset = 0;
      bool inside = true;
      for (size_t i = 0; i < kernel.size(); ++i) {
        const int64_t to = at[i] * geometry.strides[i] + tap[i] * geometry.dilations[i] - geometry.pads_begin[i];
        inside = inside && to >= 0 && to < geometry.output[i];
        offset = offset * geometry.output[i] + to;
      }
      for (int64_t c = 0; inside && c < w.shape[1]; ++c) {
        sums[static_cast<size_t>((first + c) * size + offset)] +=
            pixel * w.data.floats[static_cast<size_t>((in * w.shape[1] + c) * taps + k)];
      }
      for (size_t i = kernel.size(); i-- > 0 && ++tap[i] == kernel[i];) tap[i] = 0;
    }
  });
  Value result = MakeValue(graph::ElementType::kFloat, shape);
  for (size_t i = 0; i < sums.size(); ++i) {
    const auto c = static_cast<size_t>(static_cast<int64_t>(i) / size % shape[1]);
    result.data.floats[i] = static_cast<float>(sums[i] + (call.Has(2) ? call.In(2).data.floats[c] : 0.0F));
  }
  return One(std::move(result));
}

// The paddings that give the output; where it reaches beyond what the kernel makes, output_padding.
bool Normalize(graph::Graph& graph, graph::Node& node) {
  const Shape& x = graph.tensor(node.inputs[0]).shape;
  const Shape& w = graph.tensor(node.inputs[1]).shape;
  const Geometry geometry = Resolve(node, x, w, Attributes(node));
  std::vector<int64_t> begin = geometry.pads_begin;
  std::vector<int64_t> end;
  std::vector<int64_t> extra;
  for (size_t i = 0; i < begin.size(); ++i) {
    const int64_t whole = (x[i + 2] - 1) * geometry.strides[i] + (w[i + 2] - 1) * geometry.dilations[i] + 1;
    const int64_t cut = whole - begin[i] - geometry.output[i];
    end.push_back(std::max<int64_t>(cut, 0));
    extra.push_back(std::max<int64_t>(-cut, 0));
  }
  begin.insert(begin.end(), end.begin(), end.end());
  bool changed = node.attributes.erase("auto_pad") + node.attributes.erase("output_shape") > 0;
  changed = SetAttribute(node, "pads", begin) || changed;
  changed = SetAttribute(node, "output_padding", extra) || changed;
  changed = SetAttribute(node, "strides", geometry.strides) || changed;
  changed = SetAttribute(node, "dilations", geometry.dilations) || changed;
  return SetAttribute(node, "group", node.Int("group", 1)) || changed;
}

std::string Unsupported(const graph::Graph& graph, const graph::Node& node) {
  constexpr int64_t kMaxStride = 64;
  std::string reason = ImageAndConstantWeights(graph, node);
  if (!reason.empty()) return reason;
  const Shape& w = graph.tensor(node.inputs[1]).shape;
  const auto strides = node.Ints("strides", {1, 1});
  const auto dilations = node.Ints("dilations", {1, 1});
  const auto pads = node.Ints("pads", {0, 0, 0, 0});
  const auto extra = node.Ints("output_padding", {0, 0});
  for (size_t i = 0; i < 2; ++i) {
    if (dilations[i] != 1) return "its dilations are " + graph::ToString(dilations) + "; only 1 is supported";
    if (strides[i] > kMaxStride) return "its strides are " + graph::ToString(strides) + "; only up to 64 are supported";
    if (pads[i] >= w[i + 2]) {
      return "its pads are " + graph::ToString(pads) + "; only pads smaller than the kernel are supported";
    }
    if (extra[i] >= strides[i]) {
      return "its output is " + std::to_string(extra[i]) +
             " longer than the kernel makes it; only less than the stride is supported";
    }
  }
  return {};
}

}  // namespace

constexpr Op kConvTranspose =
    Op({2, 3}, Infer, Evaluate, LayoutKind::kWindow, Unsupported).Normal(Normalize).Weights(1, 1).Bias(2);

}  // namespace lockstep::ops
