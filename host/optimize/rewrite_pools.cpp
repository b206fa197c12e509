#include <algorithm>

#include "ops/window.h"
#include "optimize/composition.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::Node;
using graph::Shape;
using graph::TensorId;
using Ints = std::vector<int64_t>;

bool IsAll(const Ints& list, int64_t value) {
  return std::all_of(list.begin(), list.end(), [value](int64_t one) { return one == value; });
}

// Where the elements lie that the windows along an axis see, window after window. Padding is replaced by an element of
// the same window, which a maximum does not notice; empty if a window lies in the padding.
Ints SeenByWindows(const ops::Window& window, size_t axis, int64_t extent) {
  Ints all;
  for (int64_t at = 0; at < window.output[axis]; ++at) {
    const int64_t begin = at * window.strides[axis] - window.pads_begin[axis];
    int64_t inside = -1;
    for (int64_t k = 0; k < window.kernel[axis]; ++k) {
      const int64_t place = begin + k * window.dilations[axis];
      if (place >= 0 && place < extent) inside = place;
    }
    if (inside < 0) return {};
    for (int64_t k = 0; k < window.kernel[axis]; ++k) {
      const int64_t place = begin + k * window.dilations[axis];
      all.push_back(place >= 0 && place < extent ? place : inside);
    }
  }
  return all;
}

// Along each axis with dilations the elements of a window move together; then windows lie side by side.
bool GatherDilated(Graph& graph, size_t index, const ops::Window& window) {
  const Shape spatial = ops::Spatial(graph.tensor(graph.nodes[index].inputs[0]).shape);
  std::vector<Ints> seen(2);
  for (size_t axis = 0; axis < 2; ++axis) {
    if (window.dilations[axis] == 1) continue;
    seen[axis] = SeenByWindows(window, axis, spatial[axis]);
    if (seen[axis].empty()) return false;
  }
  Composition c(graph, graph.nodes[index]);
  TensorId x = c.origin().inputs[0];
  for (size_t axis = 0; axis < 2; ++axis) {
    const std::string along = axis == 0 ? "_rows" : "_columns";
    Ints kernel(2, 1);
    Ints strides(2, 1);
    Ints pads(4, 0);
    kernel[axis] = window.kernel[axis];
    if (seen[axis].empty()) {
      strides[axis] = window.strides[axis];
      pads[axis] = window.pads_begin[axis];
      pads[axis + 2] = window.pads_end[axis];
    } else {
      Shape shape = c.ShapeOf(x);
      shape[axis + 2] = static_cast<int64_t>(seen[axis].size());
      x = c.Add("Gather", "gather" + along, {x, c.Ints("seen" + along, seen[axis])}, shape,
                {{"axis", static_cast<int64_t>(axis) + 2}});
      strides[axis] = window.kernel[axis];
    }
    Shape shape = c.ShapeOf(x);
    shape[axis + 2] = window.output[axis];
    const Composition::Attributes attributes = {{"kernel_shape", kernel}, {"strides", strides}, {"pads", pads}};
    if (axis == 0) {
      x = c.Add("MaxPool", "pool" + along, {x}, shape, attributes);
    } else {
      c.AddInto(c.origin().outputs[0], "MaxPool", "pool" + along, {x}, attributes);
    }
  }
  Retire(graph.nodes[index]);
  return true;
}

// A mean whose windows all count every position is a sum of products with one number.
bool ConvolveDilated(Graph& graph, size_t index, const ops::Window& window) {
  Node& node = graph.nodes[index];
  const bool counts_all = node.Int("count_include_pad", 0) != 0 && node.Int("ceil_mode", 0) == 0;
  if (!counts_all && !(IsAll(window.pads_begin, 0) && IsAll(window.pads_end, 0))) return false;
  const int64_t channels = graph.tensor(node.inputs[0]).shape[1];
  const Shape shape{channels, 1, window.kernel[0], window.kernel[1]};
  const int64_t area = window.kernel[0] * window.kernel[1];
  const std::vector<float> weights(static_cast<size_t>(channels * area), 1.0F / static_cast<float>(area));
  node.op = "Conv";
  node.inputs.push_back(AddFloats(graph, node.name + "_shares", shape, weights));
  node.attributes.clear();
  node.attributes["group"] = channels;
  ops::NormalizeWindow(node, window);
  return true;
}

// Where ceil_mode adds windows that reach beyond a padding that counts: the padding becomes a part of the image, and
// what is beyond it padding that does not count. It drops windows that begin behind the image: so does a smaller
// padding.
bool PadForCeil(Graph& graph, size_t index) {
  const Node before = graph.nodes[index];
  const Shape shape = graph.tensor(before.inputs[0]).shape;
  const ops::Window window = ops::ResolveWindow(before, ops::Spatial(shape), {});
  Node plain = before;
  plain.attributes.erase("ceil_mode");
  const ops::Window counted = ops::ResolveWindow(plain, ops::Spatial(shape), {});
  Shape padded = shape;
  Ints pads(8, 0);
  Ints beyond(4, 0);
  for (size_t axis = 0; axis < 2; ++axis) {
    const int64_t reach =
        (window.output[axis] - 1) * window.strides[axis] + (window.kernel[axis] - 1) * window.dilations[axis] + 1;
    const int64_t front = shape[axis + 2] + counted.pads_begin[axis];
    padded[axis + 2] = std::min(front + counted.pads_end[axis], reach + window.strides[axis] - 1);
    pads[axis + 2] = counted.pads_begin[axis];
    pads[axis + 6] = padded[axis + 2] - front;
    beyond[axis + 2] = std::max<int64_t>(reach - padded[axis + 2], 0);
  }
  TensorId x = before.inputs[0];
  if (!IsAll(pads, 0)) {
    Composition c(graph, before);
    x = c.Add("Pad", "padding", {x, c.Ints("pads", pads)}, padded);
  }
  Node& node = graph.nodes[index];
  node.inputs[0] = x;
  node.attributes["count_include_pad"] = int64_t{0};
  node.attributes["ceil_mode"] = int64_t{0};
  node.attributes["pads"] = beyond;
  node.attributes.erase("auto_pad");
  return true;
}

bool Rewrite(Graph& graph, const graph::Uses&, size_t index) {
  const Node& node = graph.nodes[index];
  const bool average = node.op == "AveragePool";
  if ((!average && node.op != "MaxPool") || node.outputs.size() != 1) return false;
  const Shape& shape = graph.tensor(node.inputs[0]).shape;
  if (shape.size() != 4 || !graph::IsKnown(shape)) return false;
  if (average && node.Int("count_include_pad", 0) != 0 && ops::ReachesBeyondPadding(node, ops::Spatial(shape))) {
    return PadForCeil(graph, index);
  }
  const ops::Window window = ops::ResolveWindow(node, ops::Spatial(shape), {});
  if (IsAll(window.dilations, 1)) return false;
  return average ? ConvolveDilated(graph, index, window) : GatherDilated(graph, index, window);
}

}  // namespace

int RewritePools(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
