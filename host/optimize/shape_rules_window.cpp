#include <algorithm>
#include <cmath>

#include "graph/error.h"
#include "optimize/shape_rules.h"

namespace lockstep::optimize {
namespace {

using graph::ElementType;
using graph::Shape;

[[noreturn]] void FailNode(const graph::Node& node, const std::string& reason) {
  throw BadInput("node '" + node.name + "' (" + node.op + "): " + reason);
}

// An attribute with one entry per spatial axis (or two for pads), checked.
std::vector<int64_t> PerAxis(const graph::Node& node, const char* key, size_t count, int64_t fallback, int64_t lowest) {
  std::vector<int64_t> values = node.Ints(key, {});
  if (values.empty()) values.assign(count, fallback);
  if (values.size() != count) {
    FailNode(node, std::string(key) + " has " + std::to_string(values.size()) + " entries instead of " +
                       std::to_string(count));
  }
  constexpr int64_t kHighest = int64_t{1} << 31;
  for (const int64_t value : values) {
    if (value < lowest || value > kHighest)
      FailNode(node, std::string(key) + " has the entry " + std::to_string(value));
  }
  return values;
}

Shape Spatial(const Shape& shape) { return {shape.begin() + 2, shape.end()}; }

Shape ImageShape(const ShapeContext& context, int64_t channels, const std::vector<int64_t>& spatial) {
  Shape shape{context.Shape(0)[0], channels};
  shape.insert(shape.end(), spatial.begin(), spatial.end());
  return shape;
}

void RequireImage(const ShapeContext& context) {
  context.Require(context.Rank(0) >= 3, "input has shape " + graph::ToString(context.Shape(0)) +
                                            ", an image with N, C and at least one more axis is needed");
}

void Conv(ShapeContext& context) {
  RequireImage(context);
  const Shape& x = context.Shape(0);
  const Shape& w = context.Shape(1);
  context.Require(x.size() == w.size(),
                  "input " + graph::ToString(x) + " and weights " + graph::ToString(w) + " differ in rank");
  context.RequireOneType(0);
  context.Require(w[0] >= 1, "its weights " + graph::ToString(w) + " make no output channels");
  const int64_t group = context.node.Int("group", 1);
  context.Require(group >= 1 && w[0] % group == 0,
                  "group " + std::to_string(group) + " does not divide " + std::to_string(w[0]) + " output channels");
  int64_t expected = 0;
  const bool overflow = __builtin_mul_overflow(w[1], group, &expected);
  context.Require(!overflow && expected == x[1], "input has " + std::to_string(x[1]) + " channels, the weights " +
                                                     graph::ToString(w) + " with group " + std::to_string(group) +
                                                     " expect " + std::to_string(expected));
  if (context.Has(2)) {
    context.Require(context.Shape(2) == Shape{w[0]},
                    "bias has shape " + graph::ToString(context.Shape(2)) + " instead of " + std::to_string(w[0]));
  }
  const Window window = ResolveWindow(context.node, Spatial(x), Spatial(w));
  context.Set(ElementType::kFloat, ImageShape(context, w[0], window.output));
}

void Pool(ShapeContext& context) {
  RequireImage(context);
  const Window window = ResolveWindow(context.node, Spatial(context.Shape(0)), {});
  const Shape shape = ImageShape(context, context.Shape(0)[1], window.output);
  context.Set(context.Type(0), shape);
  context.Set(ElementType::kInt64, shape, 1);  // MaxPool's indices
}

void GlobalPool(ShapeContext& context) {
  RequireImage(context);
  context.Set(ElementType::kFloat,
              ImageShape(context, context.Shape(0)[1], std::vector<int64_t>(context.Shape(0).size() - 2, 1)));
}

void ConvTranspose(ShapeContext& context) {
  RequireImage(context);
  const Shape& x = context.Shape(0);
  const Shape& w = context.Shape(1);
  context.Require(x.size() == w.size() && w[0] == x[1],
                  "input " + graph::ToString(x) + " and weights " + graph::ToString(w) + " do not fit");
  context.RequireOneType(0);
  const graph::Node& node = context.node;
  const size_t axes = x.size() - 2;
  const auto strides = PerAxis(node, "strides", axes, 1, 1);
  const auto dilations = PerAxis(node, "dilations", axes, 1, 1);
  const auto extra = PerAxis(node, "output_padding", axes, 0, 0);
  const auto pads = PerAxis(node, "pads", 2 * axes, 0, 0);
  const auto wanted = node.Ints("output_shape", {});
  const bool same = node.String("auto_pad", "NOTSET").rfind("SAME", 0) == 0;
  std::vector<int64_t> output(axes);
  for (size_t i = 0; i < axes; ++i) {
    output[i] = (x[i + 2] - 1) * strides[i] + extra[i] + (w[i + 2] - 1) * dilations[i] + 1 - pads[i] - pads[axes + i];
    if (same) output[i] = x[i + 2] * strides[i];
    if (wanted.size() >= axes) output[i] = wanted[wanted.size() - axes + i];
    context.Require(output[i] >= 1, "its output would be empty");
  }
  context.Set(ElementType::kFloat, ImageShape(context, w[1] * node.Int("group", 1), output));
}

void Gemm(ShapeContext& context) {
  const Shape& a = context.Shape(0);
  const Shape& b = context.Shape(1);
  context.RequireOneType(0);
  context.Require(a.size() == 2 && b.size() == 2, "inputs must be matrices");
  const bool transpose_a = context.node.Int("transA", 0) != 0;
  const bool transpose_b = context.node.Int("transB", 0) != 0;
  context.Require(a[transpose_a ? 0 : 1] == b[transpose_b ? 1 : 0],
                  "matrices " + graph::ToString(a) + " and " + graph::ToString(b) + " do not fit");
  context.Set(context.Type(0), {a[transpose_a ? 1 : 0], b[transpose_b ? 0 : 1]});
}

void MatMul(ShapeContext& context) {
  Shape a = context.Shape(0);
  Shape b = context.Shape(1);
  context.RequireOneType(0);
  context.Require(!a.empty() && !b.empty(), "an input is a scalar");
  const bool row = a.size() == 1;
  const bool column = b.size() == 1;
  if (row) a.insert(a.begin(), 1);
  if (column) b.push_back(1);
  context.Require(a.back() == b[b.size() - 2],
                  "matrices " + graph::ToString(a) + " and " + graph::ToString(b) + " do not fit");
  const auto batch = Broadcast(Shape(a.begin(), a.end() - 2), Shape(b.begin(), b.end() - 2));
  context.Require(batch.has_value(),
                  "matrices " + graph::ToString(a) + " and " + graph::ToString(b) + " do not broadcast");
  Shape shape = *batch;
  if (!row) shape.push_back(a[a.size() - 2]);
  if (!column) shape.push_back(b.back());
  context.Set(context.Type(0), shape);
}

// Inputs: x, roi, scales, sizes.
void Resize(ShapeContext& context) {
  Shape shape = context.Shape(0);
  const auto rank = static_cast<int64_t>(shape.size());
  std::vector<int64_t> axes = context.node.Ints("axes", {});
  for (int64_t& axis : axes) axis = context.Axis(axis, rank);
  if (axes.empty()) {
    for (int64_t axis = 0; axis < rank; ++axis) axes.push_back(axis);
  }
  const bool by_scales = context.Has(2) && graph::ElementCount(context.Shape(2)) > 0;
  context.Require(by_scales || context.Has(3), "it has neither scales nor sizes");
  context.RequireType(2, ElementType::kFloat);
  context.RequireType(3, ElementType::kInt64);
  const Value* target = context.Constant(by_scales ? 2 : 3);
  if (target == nullptr || context.node.String("keep_aspect_ratio_policy", "stretch") != "stretch") return;
  context.Require(target->count() == static_cast<int64_t>(axes.size()),
                  "it has " + std::to_string(target->count()) + (by_scales ? " scales" : " sizes") + " for " +
                      std::to_string(axes.size()) + " axes");
  for (size_t i = 0; i < axes.size(); ++i) {
    int64_t& dimension = shape[static_cast<size_t>(axes[i])];
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

}  // namespace

Window ResolveWindow(const graph::Node& node, const Shape& spatial, const std::vector<int64_t>& kernel) {
  const size_t axes = spatial.size();
  Window window;
  window.kernel = PerAxis(node, "kernel_shape", axes, 0, 0);
  if (!kernel.empty()) {
    if (node.attributes.count("kernel_shape") == 0) window.kernel = kernel;
    if (window.kernel != kernel) {
      FailNode(node, "kernel_shape " + graph::ToString(window.kernel) + " contradicts the weights' " +
                         graph::ToString(kernel));
    }
  }
  if (*std::min_element(window.kernel.begin(), window.kernel.end()) < 1) FailNode(node, "its kernel_shape is empty");
  window.strides = PerAxis(node, "strides", axes, 1, 1);
  window.dilations = PerAxis(node, "dilations", axes, 1, 1);
  const std::vector<int64_t> pads = PerAxis(node, "pads", 2 * axes, 0, 0);
  const std::string automatic = node.String("auto_pad", "NOTSET");
  const bool same = automatic == "SAME_UPPER" || automatic == "SAME_LOWER";
  if (!same && automatic != "NOTSET" && automatic != "VALID") FailNode(node, "auto_pad is '" + automatic + "'");
  for (size_t i = 0; i < axes; ++i) {
    const int64_t reach = (window.kernel[i] - 1) * window.dilations[i] + 1;
    const int64_t stride = window.strides[i];
    int64_t begin = automatic == "VALID" ? 0 : pads[i];
    int64_t end = automatic == "VALID" ? 0 : pads[axes + i];
    if (same) {
      const int64_t count = (spatial[i] + stride - 1) / stride;
      const int64_t total = std::max<int64_t>((count - 1) * stride + reach - spatial[i], 0);
      begin = automatic == "SAME_UPPER" ? total / 2 : total - total / 2;
      end = total - begin;
    }
    const int64_t room = spatial[i] + begin + end - reach;
    if (room < 0) {
      FailNode(node, "its window of " + std::to_string(reach) + " is larger than the padded input of " +
                         std::to_string(spatial[i] + begin + end));
    }
    int64_t count = room / stride + 1;
    if (node.Int("ceil_mode", 0) != 0 && !same) {
      count = (room + stride - 1) / stride + 1;
      if ((count - 1) * stride >= spatial[i] + begin) --count;  // no window lies in the padding alone
      end = std::max(end, (count - 1) * stride + reach - spatial[i] - begin);
    }
    window.pads_begin.push_back(begin);
    window.pads_end.push_back(end);
    window.output.push_back(count);
  }
  return window;
}

bool ReachesBeyondPadding(const graph::Node& node, const Shape& spatial) {
  graph::Node without = node;
  without.attributes.erase("ceil_mode");
  return ResolveWindow(node, spatial, {}).output != ResolveWindow(without, spatial, {}).output;
}

const ShapeRules& WindowRules() {
  static const ShapeRules kRules = {
      {"Conv", Conv},
      {"ConvTranspose", ConvTranspose},
      {"MaxPool", Pool},
      {"AveragePool", Pool},
      {"LpPool", Pool},
      {"GlobalAveragePool", GlobalPool},
      {"GlobalMaxPool", GlobalPool},
      {"GlobalLpPool", GlobalPool},
      {"Gemm", Gemm},
      {"MatMul", MatMul},
      {"Resize", Resize},
  };
  return kRules;
}

}  // namespace lockstep::optimize
