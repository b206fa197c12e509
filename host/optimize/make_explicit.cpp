#include <algorithm>
#include <numeric>

#include "optimize/graph_edit.h"
#include "optimize/pass.h"
#include "optimize/shape_rules.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::Shape;
using graph::TensorId;

// Sets an attribute; true if that changed anything.
bool SetAttribute(Node& node, const std::string& key, const graph::Attribute& value) {
  const auto found = node.attributes.find(key);
  if (found != node.attributes.end() && found->second.index() == value.index()) {
    if (const auto* number = std::get_if<int64_t>(&value)) {
      if (std::get<int64_t>(found->second) == *number) return false;
    }
    if (const auto* list = std::get_if<std::vector<int64_t>>(&value)) {
      if (std::get<std::vector<int64_t>>(found->second) == *list) return false;
    }
  }
  node.attributes[key] = value;
  return true;
}

// Makes input `index` a constant with these values; true if it was not.
bool SetInts(Graph& graph, Node& node, size_t index, const char* key, const std::vector<int64_t>& values) {
  if (index < node.inputs.size() && IsConstant(graph, node.inputs[index]) &&
      graph.tensor(node.inputs[index]).shape.size() == 1 && graph.Ints(node.inputs[index]) == values) {
    return false;
  }
  if (node.inputs.size() <= index) node.inputs.resize(index + 1, kNoTensor);
  node.inputs[index] = AddInts(graph, node.name + "_" + key, values);
  return true;
}

bool ExplicitWindow(Graph& graph, Node& node) {
  const Shape& x = graph.tensor(node.inputs[0]).shape;
  std::vector<int64_t> kernel;
  if (node.op == "Conv") {
    const Shape& w = graph.tensor(node.inputs[1]).shape;
    kernel.assign(w.begin() + 2, w.end());
  }
  const Shape spatial(x.begin() + 2, x.end());
  // Pads that such a window needs would count as elements: the node stays as it is, and FindBlockers lists it.
  const bool counts_padding = node.op == "AveragePool" && node.Int("count_include_pad", 0) != 0;
  if (counts_padding && ReachesBeyondPadding(node, spatial)) return false;
  const Window window = ResolveWindow(node, spatial, kernel);
  std::vector<int64_t> pads = window.pads_begin;
  pads.insert(pads.end(), window.pads_end.begin(), window.pads_end.end());
  bool changed = SetAttribute(node, "kernel_shape", window.kernel);
  changed = SetAttribute(node, "strides", window.strides) || changed;
  changed = SetAttribute(node, "dilations", window.dilations) || changed;
  changed = SetAttribute(node, "pads", pads) || changed;
  changed = node.attributes.erase("auto_pad") > 0 || changed;
  if (node.op == "Conv") return SetAttribute(node, "group", node.Int("group", 1)) || changed;
  changed = node.attributes.erase("storage_order") > 0 || changed;
  return SetAttribute(node, "ceil_mode", int64_t{0}) || changed;
}

// The mean of a whole image is that of one window as large as the image.
bool ExplicitGlobalPool(Graph& graph, Node& node) {
  const Shape& x = graph.tensor(node.inputs[0]).shape;
  node.op = "AveragePool";
  node.attributes.clear();
  node.attributes["kernel_shape"] = std::vector<int64_t>(x.begin() + 2, x.end());
  ExplicitWindow(graph, node);
  return true;
}

bool ExplicitAxis(const Graph& graph, Node& node, int64_t fallback) {
  const auto rank = static_cast<int64_t>(graph.tensor(node.inputs[0]).shape.size());
  const int64_t axis = node.Int("axis", fallback);
  return SetAttribute(node, "axis", axis < 0 ? axis + rank : axis);
}

bool ExplicitSplit(Graph& graph, Node& node) {
  bool changed = ExplicitAxis(graph, node, 0);
  const auto axis = static_cast<size_t>(node.Int("axis", 0));
  std::vector<int64_t> sizes;
  for (const TensorId id : node.outputs) sizes.push_back(graph.tensor(id).shape[axis]);
  return SetInts(graph, node, 1, "sizes", sizes) || changed;
}

// Starts, ends, axes and steps of the axes that are really cut; ends of a backward slice stay relative to the front.
bool ExplicitSlice(Graph& graph, Node& node) {
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    if (node.inputs[i] != kNoTensor && !IsConstant(graph, node.inputs[i])) return false;
  }
  const Shape shape = graph.tensor(node.inputs[0]).shape;
  const std::vector<int64_t> starts = graph.Ints(node.inputs[1]);
  const std::vector<int64_t> ends = graph.Ints(node.inputs[2]);
  const auto list = [&](size_t index) {
    const bool given = index < node.inputs.size() && node.inputs[index] != kNoTensor;
    return given ? graph.Ints(node.inputs[index]) : std::vector<int64_t>{};
  };
  std::vector<int64_t> axes = list(3);
  std::vector<int64_t> steps = list(4);
  if (axes.empty()) {
    axes.resize(starts.size());
    std::iota(axes.begin(), axes.end(), int64_t{0});
  }
  for (int64_t& axis : axes) axis = axis < 0 ? axis + static_cast<int64_t>(shape.size()) : axis;
  if (steps.empty()) steps.assign(starts.size(), 1);
  if (std::any_of(steps.begin(), steps.end(), [](int64_t step) { return step < 0; })) return false;
  const SliceExtent extent = ResolveSlice(shape, starts, ends, axes, steps);
  std::vector<int64_t> new_starts;
  std::vector<int64_t> new_ends;
  std::vector<int64_t> new_axes;
  std::vector<int64_t> new_steps;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (extent.count[i] == shape[i]) continue;
    new_starts.push_back(extent.start[i]);
    new_ends.push_back(extent.count[i] == 0 ? extent.start[i]
                                            : extent.start[i] + (extent.count[i] - 1) * extent.step[i] + 1);
    new_axes.push_back(static_cast<int64_t>(i));
    new_steps.push_back(extent.step[i]);
  }
  bool changed = SetInts(graph, node, 1, "starts", new_starts);
  changed = SetInts(graph, node, 2, "ends", new_ends) || changed;
  changed = SetInts(graph, node, 3, "axes", new_axes) || changed;
  return SetInts(graph, node, 4, "steps", new_steps) || changed;
}

// Scales and sizes of all axes instead of those that opset 18 names.
bool ExplicitResize(Graph& graph, Node& node) {
  const auto found = node.attributes.find("axes");
  if (found == node.attributes.end()) return false;
  const std::vector<int64_t> axes = node.Ints("axes", {});
  const Shape from = graph.tensor(node.inputs[0]).shape;
  const Shape to = graph.tensor(node.outputs[0]).shape;
  const bool by_scales = node.inputs.size() > 2 && node.inputs[2] != kNoTensor;
  if (by_scales) {
    if (!IsConstant(graph, node.inputs[2])) return false;
    std::vector<float> scales(from.size(), 1.0F);
    for (size_t i = 0; i < axes.size(); ++i) {
      const auto axis = static_cast<size_t>(axes[i] < 0 ? axes[i] + static_cast<int64_t>(from.size()) : axes[i]);
      scales[axis] = graph.tensor(node.inputs[2]).constant->floats.at(i);
    }
    node.inputs[2] = AddFloats(graph, node.name + "_scales", {static_cast<int64_t>(from.size())}, scales);
  } else {
    SetInts(graph, node, 3, "sizes", to);
  }
  node.attributes.erase(found);
  return true;
}

bool ExplicitPad(Graph& graph, Node& node) {
  if (node.inputs.size() < 4) return false;
  if (!IsConstant(graph, node.inputs[1]) || !IsConstant(graph, node.inputs[3])) return false;
  const size_t rank = graph.tensor(node.inputs[0]).shape.size();
  const std::vector<int64_t> given = graph.Ints(node.inputs[1]);
  const std::vector<int64_t> axes = graph.Ints(node.inputs[3]);
  std::vector<int64_t> pads(2 * rank, 0);
  for (size_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<size_t>(axes[i] < 0 ? axes[i] + static_cast<int64_t>(rank) : axes[i]);
    pads[axis] = given.at(i);
    pads[rank + axis] = given.at(axes.size() + i);
  }
  node.inputs.resize(3);
  SetInts(graph, node, 1, "pads", pads);
  if (node.inputs[2] == kNoTensor) node.inputs.resize(2);
  return true;
}

bool ExplicitTranspose(const Graph& graph, Node& node) {
  std::vector<int64_t> perm(graph.tensor(node.inputs[0]).shape.size());
  std::iota(perm.rbegin(), perm.rend(), int64_t{0});
  return SetAttribute(node, "perm", node.Ints("perm", perm));
}

// The indices of a MaxPool that nothing reads.
bool DropIndices(const graph::Uses& uses, Node& node) {
  if (node.op != "MaxPool" || node.outputs.size() < 2) return false;
  const auto indices = static_cast<size_t>(node.outputs[1]);
  if (node.outputs[1] != kNoTensor && (!uses.consumers[indices].empty() || uses.is_output[indices])) return false;
  node.outputs.resize(1);
  return true;
}

bool Rewrite(Graph& graph, const graph::Uses& uses, size_t index) {
  Node& node = graph.nodes[index];
  if (DropIndices(uses, node)) return true;
  for (const auto* list : {&node.inputs, &node.outputs}) {
    for (const TensorId id : *list) {
      if (id != kNoTensor && !graph::IsKnown(graph.tensor(id).shape)) return false;
    }
  }
  if (node.op == "Conv" || node.op == "MaxPool" || node.op == "AveragePool") return ExplicitWindow(graph, node);
  if (node.op == "GlobalAveragePool") return ExplicitGlobalPool(graph, node);
  if (node.op == "Split") return ExplicitSplit(graph, node);
  if (node.op == "Slice") return ExplicitSlice(graph, node);
  if (node.op == "Resize") return ExplicitResize(graph, node);
  if (node.op == "Pad") return ExplicitPad(graph, node);
  if (node.op == "Transpose") return ExplicitTranspose(graph, node);
  if (node.op == "Softmax") return ExplicitAxis(graph, node, -1);
  if (node.op == "Concat") return ExplicitAxis(graph, node, 0);
  if (node.op == "Flatten") return ExplicitAxis(graph, node, 1);
  return false;
}

}  // namespace

int MakeExplicit(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
