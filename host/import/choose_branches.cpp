#include "import/choose_branches.h"

#include <algorithm>
#include <limits>

#include "graph/error.h"
#include "optimize/infer_shapes.h"

namespace lockstep::importer {
namespace {

using graph::Graph;
using graph::Node;
using graph::TensorId;

// Hands on what the condition chooses, an Identity for each output.
std::vector<Node> HandOn(const Node& node, bool first) {
  std::vector<Node> made;
  const size_t outputs = node.outputs.size();
  for (size_t i = 0; i < outputs; ++i) {
    Node& one = made.emplace_back();
    one.op = "Identity";
    one.name = i == 0 ? node.name : node.name + "_" + std::to_string(i);
    one.inputs = {node.inputs[1 + (first ? 0 : outputs) + i]};
    one.outputs = {node.outputs[i]};
    one.onnx_nodes = node.onnx_nodes;
  }
  return made;
}

}  // namespace

void ChooseBranches(Graph& graph) {
  const auto is_if = [](const Node& node) { return node.op == "If"; };
  if (std::none_of(graph.nodes.begin(), graph.nodes.end(), is_if)) return;
  optimize::KnownValues values(graph, std::numeric_limits<int16_t>::max());
  std::vector<Node> nodes;
  const auto keep = [&](Node node) {
    try {
      optimize::InferNode(graph, node, values);
      values.Evaluate(node);
    } catch (const BadInput&) {  // in a branch that is not chosen; elsewhere it is found when shapes are inferred
    }
    nodes.push_back(std::move(node));
  };
  for (const Node& node : graph.nodes) {
    const ops::Value* condition = is_if(node) && !node.inputs.empty() && node.inputs[0] != graph::kNoTensor
                                      ? values.Find(node.inputs[0])
                                      : nullptr;
    if (condition == nullptr || condition->count() != 1) {
      keep(node);
      continue;
    }
    for (Node& one : HandOn(node, condition->Number(0) != 0.0)) keep(std::move(one));
  }
  graph.nodes = std::move(nodes);
  graph::SortAndPrune(graph);
}

}  // namespace lockstep::importer
