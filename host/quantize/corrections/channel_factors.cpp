#include "quantize/corrections/channel_factors.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <string>

#include "graph/constants.h"
#include "ops/slice.h"
#include "quantize/corrections/channel_weights.h"
#include "quantize/operator_classes.h"

namespace lockstep::quantize {
namespace {

// Those that work on each channel alone, the first of them where the second axis has the channels.
const std::set<std::string>& KeepsChannels() {
  static const std::set<std::string> kNames = {"MaxPool", "AveragePool", "Resize",   "ReduceMean",
                                               "PRelu",   "Relu",        "LeakyRelu"};
  return kNames;
}

bool HasWindow(const graph::Node& node) {
  return node.op == "MaxPool" || node.op == "AveragePool" || node.op == "Resize";
}

// Its channels may be others, or stand elsewhere.
bool PicksElements(const graph::Node& node) {
  return node.op == "Gather" || node.op == "Pad" || node.op == "Tile" || node.op == "Expand";
}

int64_t Product(const graph::Shape& shape, size_t end) {
  return std::accumulate(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(end), int64_t{1},
                         [](int64_t a, int64_t b) { return a * b; });
}

}  // namespace

bool PassesFactors(const graph::Activation& activation) {
  using graph::ActivationKind;
  return activation.kind == ActivationKind::kNone || activation.kind == ActivationKind::kRelu ||
         activation.kind == ActivationKind::kLeakyRelu;
}

ChannelFactors::ChannelFactors(const graph::Graph& graph, FactorsThrough functions)
    : graph_(graph), functions_(functions), channels_(static_cast<size_t>(graph.tensor_count())), parent_{kFixed} {
  for (const graph::Node& node : graph.nodes) Visit(node);
  for (const graph::TensorId output : graph.outputs) Fix(output);
}

size_t ChannelFactors::Of(size_t channel_class) const {
  while (parent_[channel_class] != channel_class) channel_class = parent_[channel_class];
  return channel_class;
}

bool ChannelFactors::IsFixed(graph::TensorId id) const {
  const std::vector<size_t>& classes = ChannelsOf(id).classes;
  return std::all_of(classes.begin(), classes.end(), [&](size_t one) { return Of(one) == kFixed; });
}

bool ChannelFactors::IsComputed(graph::TensorId id) const {
  return id != graph::kNoTensor && !graph_.tensor(id).constant;
}

void ChannelFactors::Join(size_t a, size_t b) {
  a = Of(a);
  b = Of(b);
  parent_[std::max(a, b)] = std::min(a, b);
}

void ChannelFactors::Fix(graph::TensorId id) {
  if (!IsComputed(id)) return;
  for (const size_t one : channels_[static_cast<size_t>(id)].classes) Join(one, kFixed);
}

void ChannelFactors::FixInputs(const graph::Node& node) {
  for (const graph::TensorId id : node.inputs) Fix(id);
}

void ChannelFactors::Visit(const graph::Node& node) {
  if (HasChannelWeights(graph_, node)) {
    if (ChannelsOf(node.inputs[0]).axis != 1) Fix(node.inputs[0]);
    if (functions_ == FactorsThrough::kAnyFunction || PassesFactors(node.activation)) Begin(node, 1);
  } else if (HasChannelGains(graph_, node)) {
    FixInputs(node);
    if (PassesFactors(node.activation)) Begin(node, graph_.tensor(node.outputs[0]).shape.size() - 1);
  } else if (!PassesFactors(node.activation)) {
    FixInputs(node);
  } else if (KeepsChannels().count(node.op) != 0) {
    PassOn(node);
  } else if (node.op == "Concat") {
    Concat(node);
  } else if (node.op == "Add" || node.op == "Sub" || node.op == "Mul") {
    Combine(node);
  } else if (node.op == "Transpose") {
    Transpose(node);
  } else if (node.op == "Split") {
    Split(node);
  } else if (node.op == "Slice") {
    Slice(node);
  } else if (IsView(node) && !PicksElements(node)) {
    Reshape(node);
  } else {
    FixInputs(node);
  }
}

void ChannelFactors::Begin(const graph::Node& node, size_t axis) {
  Channels& channels = channels_[static_cast<size_t>(node.outputs[0])];
  channels.axis = axis;
  for (int64_t i = 0; i < graph_.tensor(node.outputs[0]).shape[axis]; ++i) {
    channels.classes.push_back(parent_.size());
    parent_.push_back(parent_.size());
  }
}

// Each channel of the output comes from the same channel of the input; axes in front of it may be gone.
void ChannelFactors::PassOn(const graph::Node& node) {
  const Channels from = ChannelsOf(node.inputs[0]);
  if (from.fixed()) return;
  const graph::Shape& shape = graph_.tensor(node.inputs[0]).shape;
  const graph::Shape& output = graph_.tensor(node.outputs[0]).shape;
  const std::vector<int64_t> axes = node.op == "ReduceMean" ? node.Ints("axes", {}) : std::vector<int64_t>();
  const bool kept = node.Int("keepdims", 1) != 0;
  size_t axis = from.axis;
  bool whole = node.op != "ReduceMean" || !axes.empty();
  for (const int64_t reduced : axes) {
    if (static_cast<size_t>(reduced) == from.axis) whole = false;
    if (static_cast<size_t>(reduced) < from.axis && !kept) --axis;
  }
  if (HasWindow(node) && from.axis != 1) whole = false;
  if (!whole || axis >= output.size() || output[axis] != shape[from.axis]) return Fix(node.inputs[0]);
  channels_[static_cast<size_t>(node.outputs[0])] = {axis, from.classes};
}

void ChannelFactors::Concat(const graph::Node& node) {
  const auto along = static_cast<size_t>(node.Int("axis", 0));
  const auto scaled = std::find_if(node.inputs.begin(), node.inputs.end(),
                                   [&](graph::TensorId id) { return IsComputed(id) && !ChannelsOf(id).fixed(); });
  if (scaled == node.inputs.end()) return;
  const size_t axis = ChannelsOf(*scaled).axis;
  Channels joined{axis, {}};
  for (const graph::TensorId id : node.inputs) {
    std::vector<size_t> classes(static_cast<size_t>(graph_.tensor(id).shape[axis]), kFixed);
    if (!ChannelsOf(id).fixed()) {
      ChannelsOf(id).axis == axis ? void(classes = ChannelsOf(id).classes) : Fix(id);
    }
    if (along == axis || joined.classes.empty()) {
      joined.classes.insert(joined.classes.end(), classes.begin(), classes.end());
      continue;
    }
    for (size_t i = 0; i < classes.size(); ++i) Join(joined.classes[i], classes[i]);
  }
  channels_[static_cast<size_t>(node.outputs[0])] = joined;
}

// Sums share their factor; a product with something that has none keeps the other's.
void ChannelFactors::Combine(const graph::Node& node) {
  const graph::TensorId output = node.outputs[0];
  if (node.op == "Mul") {
    for (size_t i = 0; i < 2; ++i) {
      const graph::TensorId id = node.inputs[i];
      const graph::TensorId other = node.inputs[1 - i];
      if (!IsComputed(id) || IsFixed(id) || (IsComputed(other) && !IsFixed(other))) continue;
      if (graph_.tensor(id).shape == graph_.tensor(output).shape) {
        channels_[static_cast<size_t>(output)] = ChannelsOf(id);
        return;
      }
    }
    return FixInputs(node);
  }
  const bool same = std::all_of(node.inputs.begin(), node.inputs.end(), [&](graph::TensorId id) {
    return IsComputed(id) && graph_.tensor(id).shape == graph_.tensor(output).shape && !ChannelsOf(id).fixed() &&
           ChannelsOf(id).axis == ChannelsOf(node.inputs[0]).axis;
  });
  if (!same) return FixInputs(node);
  const Channels& first = ChannelsOf(node.inputs[0]);
  for (const graph::TensorId id : node.inputs) {
    for (size_t i = 0; i < first.classes.size(); ++i) Join(first.classes[i], ChannelsOf(id).classes[i]);
  }
  channels_[static_cast<size_t>(output)] = first;
}

// The channels stay together, or get axes behind them merged into theirs.
void ChannelFactors::Reshape(const graph::Node& node) {
  const Channels from = ChannelsOf(node.inputs[0]);
  if (from.fixed()) return;
  const graph::Shape& shape = graph_.tensor(node.outputs[0]).shape;
  const int64_t in_front = Product(graph_.tensor(node.inputs[0]).shape, from.axis);
  const auto count = static_cast<int64_t>(from.classes.size());
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    if (Product(shape, axis) != in_front || shape[axis] % count != 0) continue;
    if (shape[axis] == 1 && axis + 1 < shape.size()) continue;
    Channels& to = channels_[static_cast<size_t>(node.outputs[0])];
    to.axis = axis;
    const auto each = static_cast<size_t>(shape[axis] / count);
    for (size_t i = 0; i < each * from.classes.size(); ++i) to.classes.push_back(from.classes[i / each]);
    return;
  }
  Fix(node.inputs[0]);
}

void ChannelFactors::Transpose(const graph::Node& node) {
  const Channels& from = ChannelsOf(node.inputs[0]);
  if (from.fixed()) return;
  const std::vector<int64_t> order = node.Ints("perm", {});
  const auto found = std::find(order.begin(), order.end(), static_cast<int64_t>(from.axis));
  if (found == order.end()) return Fix(node.inputs[0]);
  channels_[static_cast<size_t>(node.outputs[0])] = {static_cast<size_t>(found - order.begin()), from.classes};
}

void ChannelFactors::Split(const graph::Node& node) {
  const Channels from = ChannelsOf(node.inputs[0]);
  if (from.fixed()) return;
  const auto along = static_cast<size_t>(node.Int("axis", 0));
  auto next = from.classes.begin();
  for (const graph::TensorId id : node.outputs) {
    if (id == graph::kNoTensor) continue;
    const auto count = static_cast<std::ptrdiff_t>(graph_.tensor(id).shape[from.axis]);
    Channels& to = channels_[static_cast<size_t>(id)];
    to.axis = from.axis;
    to.classes = along == from.axis ? std::vector<size_t>(next, next + count) : from.classes;
    if (along == from.axis) next += count;
  }
}

void ChannelFactors::Slice(const graph::Node& node) {
  const Channels from = ChannelsOf(node.inputs[0]);
  if (from.fixed()) return;
  const ops::SliceExtent extent = ops::ResolveSlice(graph_, node);
  Channels& to = channels_[static_cast<size_t>(node.outputs[0])];
  to.axis = from.axis;
  for (int64_t i = 0; i < extent.count[from.axis]; ++i) {
    to.classes.push_back(from.classes[static_cast<size_t>(extent.start[from.axis] + i * extent.step[from.axis])]);
  }
}

}  // namespace lockstep::quantize
