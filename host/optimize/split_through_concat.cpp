#include <algorithm>
#include <optional>
#include <set>

#include "optimize/graph_edit.h"
#include "optimize/pass.h"

namespace lockstep::optimize {
namespace {

using graph::Graph;
using graph::Node;
using graph::Shape;
using graph::TensorId;

using Sizes = std::vector<int64_t>;

// For a Concat on the axis that is split: how many of its inputs make up each part, if its seams allow that.
std::optional<std::vector<size_t>> GroupInputs(const Graph& graph, const Node& concat, size_t axis,
                                               const Sizes& sizes) {
  std::vector<size_t> groups;
  size_t next = 0;
  for (const int64_t size : sizes) {
    int64_t sum = 0;
    size_t count = 0;
    while (sum < size && next < concat.inputs.size()) {
      sum += graph.tensor(concat.inputs[next++]).shape[axis];
      ++count;
    }
    if (sum != size || count == 0) return std::nullopt;
    groups.push_back(count);
  }
  if (next != concat.inputs.size()) return std::nullopt;
  return groups;
}

bool KeepsAxes(const Shape& from, const Shape& to, size_t last) {
  if (from.size() <= last || to.size() <= last) return false;
  return std::equal(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(last) + 1, to.begin());
}

class Splitter {
 public:
  Splitter(Graph& graph, const graph::Uses& uses, size_t split)
      : graph_(graph), uses_(uses), origin_(graph.nodes[split]), axis_(static_cast<size_t>(origin_.Int("axis", 0))) {
    for (const TensorId id : origin_.outputs) sizes_.push_back(graph.tensor(id).shape[axis_]);
  }

  // Can the tensor be had in parts without cutting anything?
  bool Possible(TensorId id) {
    if (OnlyConsumer(uses_, id) < 0) return false;
    const Node* node = ProducerOf(graph_, uses_, id);
    if (node == nullptr || node->activation.kind != graph::ActivationKind::kNone) return false;
    if (IsReshape(node->op)) {
      return KeepsAxes(graph_.tensor(node->inputs[0]).shape, graph_.tensor(id).shape, axis_) &&
             Possible(node->inputs[0]);
    }
    if (node->op != "Concat") return false;
    if (ConcatAxis(*node) == axis_) return GroupInputs(graph_, *node, axis_, sizes_).has_value();
    const std::set<TensorId> different(node->inputs.begin(), node->inputs.end());
    return different.size() == node->inputs.size() &&
           std::all_of(node->inputs.begin(), node->inputs.end(), [this](TensorId input) { return Possible(input); });
  }

  // The parts of a tensor for which Possible. New nodes are collected in `made`, in order.
  std::vector<TensorId> Parts(TensorId id) {
    const Node node = *ProducerOf(graph_, uses_, id);
    std::vector<TensorId> parts;
    if (IsReshape(node.op)) {
      const std::vector<TensorId> before = Parts(node.inputs[0]);
      for (size_t i = 0; i < before.size(); ++i) parts.push_back(ReshapePart(node, before[i], i));
      return parts;
    }
    if (ConcatAxis(node) == axis_) {
      size_t next = 0;
      const auto groups = GroupInputs(graph_, node, axis_, sizes_);
      for (const size_t count : groups.value()) {
        const auto first = node.inputs.begin() + static_cast<std::ptrdiff_t>(next);
        const std::vector<TensorId> group(first, first + static_cast<std::ptrdiff_t>(count));
        parts.push_back(count == 1 ? group[0] : ConcatPart(node, group, parts.size()));
        next += count;
      }
      return parts;
    }
    std::vector<std::vector<TensorId>> inputs;
    for (const TensorId input : node.inputs) inputs.push_back(Parts(input));
    for (size_t i = 0; i < sizes_.size(); ++i) {
      std::vector<TensorId> group;
      group.reserve(inputs.size());
      for (const auto& of_input : inputs) group.push_back(of_input[i]);
      parts.push_back(ConcatPart(node, group, i));
    }
    return parts;
  }

  std::vector<Node> made;

 private:
  size_t ConcatAxis(const Node& node) const {
    const int64_t axis = node.Int("axis", 0);
    return static_cast<size_t>(axis < 0 ? axis + static_cast<int64_t>(graph_.tensor(node.outputs[0]).shape.size())
                                        : axis);
  }

  Shape PartShape(const Node& node, size_t part) const {
    Shape shape = graph_.tensor(node.outputs[0]).shape;
    shape[axis_] = sizes_[part];
    return shape;
  }

  TensorId Add(const Node& node, size_t part, Node copy) {
    const std::string suffix = "_part" + std::to_string(part);
    const TensorId id = graph_.AddTensor({graph_.UniqueName(graph_.tensor(node.outputs[0]).name + suffix),
                                          graph_.tensor(node.outputs[0]).type, PartShape(node, part), std::nullopt});
    copy.name = node.name + suffix;
    copy.outputs = {id};
    copy.onnx_nodes = node.onnx_nodes;
    InheritNodes(copy, origin_);
    made.push_back(std::move(copy));
    return id;
  }

  TensorId ReshapePart(const Node& node, TensorId input, size_t part) {
    const TensorId target = AddInts(graph_, node.name + "_shape", PartShape(node, part));
    Node reshape;
    reshape.op = "Reshape";
    reshape.inputs = {input, target};
    reshape.attributes = {{"allowzero", int64_t{1}}};
    return Add(node, part, std::move(reshape));
  }

  TensorId ConcatPart(const Node& node, const std::vector<TensorId>& inputs, size_t part) {
    Node concat;
    concat.op = "Concat";
    concat.inputs = inputs;
    concat.attributes = {{"axis", static_cast<int64_t>(ConcatAxis(node))}};
    return Add(node, part, std::move(concat));
  }

  Graph& graph_;
  const graph::Uses& uses_;
  const Node origin_;
  const size_t axis_;
  Sizes sizes_;
};

bool Rewrite(Graph& graph, const graph::Uses& uses, size_t index) {
  const Node split = graph.nodes[index];
  if (split.op != "Split" || split.inputs.empty() || split.Int("axis", 0) < 0) return false;
  for (const TensorId id : split.outputs) {
    if (id == graph::kNoTensor || !graph::IsKnown(graph.tensor(id).shape)) return false;
  }
  Splitter splitter(graph, uses, index);
  if (!splitter.Possible(split.inputs[0])) return false;
  const std::vector<TensorId> parts = splitter.Parts(split.inputs[0]);
  // A part that was made here takes the name of the Split's output; one that exists is handed on.
  for (size_t i = 0; i < parts.size(); ++i) {
    const auto maker = std::find_if(splitter.made.begin(), splitter.made.end(),
                                    [&](const Node& node) { return node.outputs[0] == parts[i]; });
    if (maker != splitter.made.end()) {
      maker->outputs[0] = split.outputs[i];
      continue;
    }
    Node identity;
    identity.op = "Identity";
    identity.name = split.name + "_out" + std::to_string(i);
    identity.inputs = {parts[i]};
    identity.outputs = {split.outputs[i]};
    identity.onnx_nodes = split.onnx_nodes;
    splitter.made.push_back(std::move(identity));
  }
  Retire(graph.nodes[index]);
  for (auto node = splitter.made.rbegin(); node != splitter.made.rend(); ++node)
    InsertNode(graph, index, std::move(*node));
  return true;
}

}  // namespace

int SplitThroughConcat(Graph& graph) { return RewriteAll(graph, Rewrite); }

}  // namespace lockstep::optimize
