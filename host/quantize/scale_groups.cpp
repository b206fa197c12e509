#include "quantize/scale_groups.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "quantize/affine.h"
#include "quantize/operator_classes.h"
#include "quantize/pad_values.h"

namespace lockstep::quantize {

ScaleGroups::ScaleGroups(const graph::Graph& graph, const Widths& widths,
                         const std::map<graph::TensorId, AffineParams>& fixed)
    : parent_(widths.size()) {
  std::iota(parent_.begin(), parent_.end(), 0);
  const auto width = [&](graph::TensorId id) { return widths[static_cast<size_t>(id)]; };
  // Whether a fixed scale of the group of the input has no level for what a Pad adds.
  const auto lacks_pad = [&](const graph::Node& node) {
    const std::optional<double> value = PadValueOf(graph, node);
    if (!value) return false;
    const auto members = Members(node.inputs[0]);
    return std::any_of(members.begin(), members.end(), [&](graph::TensorId member) {
      const auto found = fixed.find(member);
      if (found == fixed.end()) return false;
      const Range range = RangeOf(found->second);
      return *value < range.low || *value > range.high;
    });
  };
  for (const graph::Node& node : graph.nodes) {
    if (!SharesScale(node) || lacks_pad(node)) continue;
    for (const graph::TensorId output : node.outputs) {
      if (width(output) != kFloatWidth && width(output) == width(node.inputs[0])) Join(node.inputs[0], output);
    }
  }
  const graph::Uses uses(graph);
  const auto is_fixed = [&](graph::TensorId id) {
    const auto members = Members(id);
    return std::any_of(members.begin(), members.end(),
                       [&](graph::TensorId member) { return fixed.count(member) != 0; });
  };
  // Whether everybody who reads the group of `input` is content with the scale of the group of `output`.
  const auto costs_nothing = [&](graph::TensorId input, graph::TensorId output) {
    for (const graph::TensorId member : Members(input)) {
      if (uses.is_output[static_cast<size_t>(member)]) return false;
      for (const int32_t consumer : uses.consumers[static_cast<size_t>(member)]) {
        const graph::Node& node = graph.nodes[static_cast<size_t>(consumer)];
        const bool joins = node.op == "Concat" && (Same(node.outputs[0], output) || Same(node.outputs[0], member));
        if (!SharesScale(node) && !joins) return false;
      }
    }
    return true;
  };
  for (bool changed = true; changed;) {
    changed = false;
    for (const graph::Node& node : graph.nodes) {
      if (node.op != "Concat" || width(node.outputs[0]) == kFloatWidth || is_fixed(node.outputs[0])) continue;
      for (const graph::TensorId input : node.inputs) {
        if (Same(input, node.outputs[0]) || width(input) != width(node.outputs[0]) || is_fixed(input)) continue;
        if (!costs_nothing(input, node.outputs[0])) continue;
        Join(input, node.outputs[0]);
        changed = true;
      }
    }
  }
}

graph::TensorId ScaleGroups::Of(graph::TensorId id) const {
  while (parent_[static_cast<size_t>(id)] != id) id = parent_[static_cast<size_t>(id)];
  return id;
}

std::vector<graph::TensorId> ScaleGroups::Members(graph::TensorId id) const {
  const graph::TensorId group = Of(id);
  std::vector<graph::TensorId> members;
  for (size_t other = 0; other < parent_.size(); ++other) {
    if (Of(static_cast<graph::TensorId>(other)) == group) members.push_back(static_cast<graph::TensorId>(other));
  }
  return members;
}

void ScaleGroups::Join(graph::TensorId a, graph::TensorId b) {
  const graph::TensorId low = std::min(Of(a), Of(b));
  parent_[static_cast<size_t>(std::max(Of(a), Of(b)))] = low;
}

}  // namespace lockstep::quantize
