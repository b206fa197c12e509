#include "import/old_softmax.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace lockstep::importer {
namespace {

using graph::ElementType;
using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::TensorId;

bool IsSoftmax(const Node& node) {
  return (node.op == "Softmax" || node.op == "LogSoftmax" || node.op == "Hardmax") && !node.inputs.empty();
}

// One row for every index of the axes before `axis`, and back to the shape of `x`.
std::vector<Node> OverRows(Graph& graph, Node node, int64_t axis) {
  const std::string name = node.name;
  const std::vector<std::string> origin = node.onnx_nodes;
  const auto make = [&](const char* suffix, ElementType type) {
    return graph.AddTensor({graph.UniqueName(name + suffix), type, graph::kUnknownShape, std::nullopt});
  };
  const TensorId x = node.inputs[0];
  const TensorId shape = make("_shape", ElementType::kInt64);
  const TensorId flat = make("_flat", ElementType::kFloat);
  const TensorId soft = make("_soft", ElementType::kFloat);
  const std::vector<TensorId> outputs = std::exchange(node.outputs, {soft});
  node.inputs = {flat};
  node.attributes["axis"] = int64_t{-1};
  return {{"Shape", name + "_Shape", {x}, {shape}, {}, {}, kNoTensor, origin},
          {"Flatten", name + "_Flatten", {x}, {flat}, {{"axis", axis}}, {}, kNoTensor, origin},
          std::move(node),
          {"Reshape", name + "_Reshape", {soft, shape}, outputs, {}, {}, kNoTensor, origin}};
}

}  // namespace

void SetOldSoftmaxAxes(Graph& graph) {
  for (Node& node : graph.nodes) {
    if (IsSoftmax(node)) node.attributes.emplace("axis", int64_t{1});
  }
}

bool ExpandOldSoftmax(Graph& graph) {
  bool changed = false;
  std::vector<Node> normal;
  for (Node& node : graph.nodes) {
    if (!IsSoftmax(node)) {
      normal.push_back(std::move(node));
      continue;
    }
    const graph::Shape& shape = graph.tensor(node.inputs[0]).shape;
    int64_t axis = node.Int("axis", 1);
    if (graph::IsKnown(shape)) {
      if (axis < 0) axis += static_cast<int64_t>(shape.size());
      const auto is_one = [](int64_t extent) { return extent == 1; };
      if (std::all_of(shape.begin() + axis + 1, shape.end(), is_one)) {
        node.attributes["axis"] = axis;
        normal.push_back(std::move(node));
        continue;
      }
    }
    for (Node& made : OverRows(graph, std::move(node), axis)) normal.push_back(std::move(made));
    changed = true;
  }
  graph.nodes = std::move(normal);
  return changed;
}

}  // namespace lockstep::importer
