#include "ops/window.h"

#include <algorithm>

namespace lockstep::ops {
namespace {

std::string Text(int64_t value) { return std::to_string(value); }

struct WindowAttributes {
  std::vector<int64_t> kernel, strides, dilations, pads;
  std::string auto_pad;
  bool ceil_mode = false;
};

WindowAttributes CheckedAttributes(const InferContext& context, size_t axes, const std::vector<int64_t>& kernel) {
  WindowAttributes given;
  const bool has_kernel = context.node.attributes.count("kernel_shape") != 0;
  context.Require(has_kernel || !kernel.empty(), "its attribute 'kernel_shape' is missing; allowed: " +
                                                     std::to_string(axes) + " entries of 1 or more");
  given.kernel = has_kernel ? context.Entries("kernel_shape", axes, 1, 1) : kernel;
  context.Require(kernel.empty() || given.kernel == kernel, "its attribute 'kernel_shape' is " +
                                                                graph::ToString(given.kernel) +
                                                                "; allowed: the weights' " + graph::ToString(kernel));
  const int64_t smallest = *std::min_element(given.kernel.begin(), given.kernel.end());
  context.Require(smallest >= 1, "its weights have the empty kernel " + graph::ToString(given.kernel));
  given.strides = context.Entries("strides", axes, 1, 1);
  given.dilations = context.Entries("dilations", axes, 1, 1);
  given.pads = context.Entries("pads", 2 * axes, 0, 0);
  given.auto_pad = context.OneOf("auto_pad", "NOTSET", {"NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"});
  given.ceil_mode = context.Flag("ceil_mode", false);
  return given;
}

WindowAttributes KnownAttributes(const graph::Node& node, size_t axes, const std::vector<int64_t>& kernel) {
  WindowAttributes given;
  const std::vector<int64_t> ones(axes, 1);
  const auto list = [&node](const char* key, const std::vector<int64_t>& fallback) {
    std::vector<int64_t> entries = node.Ints(key, {});
    return entries.empty() ? fallback : entries;
  };
  given.kernel = list("kernel_shape", kernel.empty() ? ones : kernel);
  given.strides = list("strides", ones);
  given.dilations = list("dilations", ones);
  given.pads = list("pads", std::vector<int64_t>(2 * axes, 0));
  given.auto_pad = node.String("auto_pad", "NOTSET");
  given.ceil_mode = node.Int("ceil_mode", 0) != 0;
  return given;
}

// An axis on which not even one window fits has an output of 0 or less.
Window Resolve(const WindowAttributes& given, const graph::Shape& spatial) {
  Window window{given.kernel, given.strides, given.dilations, {}, {}, {}};
  const bool same = given.auto_pad.rfind("SAME", 0) == 0;
  for (size_t i = 0; i < spatial.size(); ++i) {
    const int64_t reach = (window.kernel[i] - 1) * window.dilations[i] + 1;
    const int64_t stride = window.strides[i];
    int64_t begin = given.auto_pad == "VALID" ? 0 : given.pads[i];
    int64_t end = given.auto_pad == "VALID" ? 0 : given.pads[spatial.size() + i];
    if (same) {
      const int64_t count = (spatial[i] + stride - 1) / stride;
      const int64_t total = std::max<int64_t>((count - 1) * stride + reach - spatial[i], 0);
      begin = given.auto_pad == "SAME_UPPER" ? total / 2 : total - total / 2;
      end = total - begin;
    }
    const int64_t room = spatial[i] + begin + end - reach;
    int64_t count = room < 0 ? 0 : room / stride + 1;
    if (given.ceil_mode && !same && room > -stride) {
      count = (room + stride - 1) / stride + 1;                 // of a window that is larger than the image: one
      if ((count - 1) * stride >= spatial[i] + begin) --count;  // no window lies in the padding alone
      // The end that gives so many windows without ceil_mode too.
      const int64_t least = (count - 1) * stride + reach - spatial[i] - begin;
      end = std::min(std::max(end, least), least + stride - 1);
    }
    window.pads_begin.push_back(begin);
    window.pads_end.push_back(end);
    window.output.push_back(count);
  }
  return window;
}

// A pool leaves the padding out, so that a window that lies in it alone has no elements.
std::string PaddingWithinWindow(const graph::Node& node) {
  const std::vector<int64_t> kernel = node.Ints("kernel_shape", {1, 1});
  const std::vector<int64_t> pads = node.Ints("pads", {0, 0, 0, 0});
  for (size_t i = 0; i < pads.size(); ++i) {
    if (pads[i] >= kernel[i % 2]) return "its padding is as large as its window, so that windows may be empty";
  }
  return {};
}

}  // namespace

Window InferWindow(const InferContext& context, const graph::Shape& spatial, const std::vector<int64_t>& kernel) {
  Window window = Resolve(CheckedAttributes(context, spatial.size(), kernel), spatial);
  for (size_t i = 0; i < spatial.size(); ++i) {
    const int64_t reach = (window.kernel[i] - 1) * window.dilations[i] + 1;
    context.Require(window.output[i] >= 1, "its window of " + Text(reach) + " is larger than the padded input of " +
                                               Text(spatial[i] + window.pads_begin[i] + window.pads_end[i]));
  }
  return window;
}

Window ResolveWindow(const graph::Node& node, const graph::Shape& spatial, const std::vector<int64_t>& kernel) {
  return Resolve(KnownAttributes(node, spatial.size(), kernel), spatial);
}

bool ReachesBeyondPadding(const graph::Node& node, const graph::Shape& spatial) {
  WindowAttributes given = KnownAttributes(node, spatial.size(), {});
  const std::vector<int64_t> output = Resolve(given, spatial).output;
  given.ceil_mode = false;
  return Resolve(given, spatial).output != output;
}

graph::Shape Spatial(const graph::Shape& shape) { return {shape.begin() + 2, shape.end()}; }

graph::Shape ImageShape(const InferContext& context, int64_t channels, const std::vector<int64_t>& spatial) {
  graph::Shape shape{context.Shape(0)[0], channels};
  shape.insert(shape.end(), spatial.begin(), spatial.end());
  return shape;
}

void RequireImage(const InferContext& context) {
  context.Require(context.Rank(0) >= 3, "input has shape " + graph::ToString(context.Shape(0)) +
                                            ", an image with N, C and at least one more axis is needed");
}

graph::Shape ConvolutionShape(const InferContext& context, const graph::Shape& x, const graph::Shape& w) {
  RequireImage(context);
  context.Require(x.size() == w.size(),
                  "input " + graph::ToString(x) + " and weights " + graph::ToString(w) + " differ in rank");
  context.Require(w[0] >= 1, "its weights " + graph::ToString(w) + " make no output channels");
  const int64_t group = context.Int("group", 1, 1, w[0]);
  context.Require(w[0] % group == 0, "its attribute 'group' is " + std::to_string(group) +
                                         "; allowed: divisors of its " + std::to_string(w[0]) + " output channels");
  int64_t expected = 0;
  const bool overflow = __builtin_mul_overflow(w[1], group, &expected);
  context.Require(!overflow && expected == x[1], "input has " + std::to_string(x[1]) + " channels, the weights " +
                                                     graph::ToString(w) + " with group " + std::to_string(group) +
                                                     " expect " + std::to_string(expected));
  return ImageShape(context, w[0], InferWindow(context, Spatial(x), Spatial(w)).output);
}

bool NormalizeWindow(graph::Node& node, const Window& window) {
  std::vector<int64_t> pads = window.pads_begin;
  pads.insert(pads.end(), window.pads_end.begin(), window.pads_end.end());
  bool changed = SetAttribute(node, "kernel_shape", window.kernel);
  changed = SetAttribute(node, "strides", window.strides) || changed;
  changed = SetAttribute(node, "dilations", window.dilations) || changed;
  changed = SetAttribute(node, "pads", pads) || changed;
  return node.attributes.erase("auto_pad") > 0 || changed;
}

bool NormalizePool(graph::Graph& graph, graph::Node& node) {
  const Window window = ResolveWindow(node, Spatial(graph.tensor(node.inputs[0]).shape), {});
  bool changed = NormalizeWindow(node, window);
  if (node.outputs.size() == 1) changed = node.attributes.erase("storage_order") > 0 || changed;
  return SetAttribute(node, "ceil_mode", int64_t{0}) || changed;
}

std::string UnsupportedPool(const graph::Graph& graph, const graph::Node& node) {
  std::string reason = ImageOnly(graph, node.inputs[0]);
  if (!reason.empty()) return reason;
  // Others became Gathers or a Conv (optimize/rewrite_pools.cpp).
  const std::vector<int64_t> dilations = node.Ints("dilations", {});
  if (std::any_of(dilations.begin(), dilations.end(), [](int64_t dilation) { return dilation != 1; })) {
    const std::string given = "its dilations are " + graph::ToString(dilations);
    if (node.op == "MaxPool") return given + ", and a window lies in the padding; no other dilations are refused";
    return given + ", and its padding does not count; without padding or with count_include_pad they are supported";
  }
  return PaddingWithinWindow(node);
}

}  // namespace lockstep::ops
