#include "info/blockers.h"

#include <algorithm>

#include "graph/counted.h"
#include "graph/error.h"

namespace lockstep::info {
namespace {

using graph::ElementType;
using graph::Graph;
using graph::Node;
using graph::TensorId;
using optimize::Blocker;

std::string InputProblem(const graph::Tensor& tensor) {
  const std::string way_out = "; give it its value with --input-value " + tensor.name +
                              "=NUMBER if it always has one, declare it as FLOAT, or cut the network behind it with "
                              "--input-nodes";
  if (tensor.type == ElementType::kBool) return "it holds truth values that not all that reads them takes" + way_out;
  if (tensor.type != ElementType::kFloat) {
    return "it holds integers that are not cast to floats or compared first, or more than 16 bits of them" + way_out;
  }
  if (graph::IsKnown(tensor.shape)) return {};
  return "its shape is " + graph::ToString(tensor.shape) + "; set it with --input-shape";
}

// A Cast of an input is nothing of its own: the input is listed.
bool FollowsFromAnInput(const Graph& graph, const Blocker& blocker) {
  if (blocker.op != "Cast") return false;
  const auto node =
      std::find_if(graph.nodes.begin(), graph.nodes.end(), [&](const Node& one) { return one.name == blocker.node; });
  return node != graph.nodes.end() &&
         std::find(graph.inputs.begin(), graph.inputs.end(), node->inputs[0]) != graph.inputs.end() &&
         graph.tensor(node->inputs[0]).type != ElementType::kFloat;
}

}  // namespace

std::vector<Blocker> FindBlockers(const Graph& graph) {
  std::vector<Blocker> blockers;
  for (const TensorId id : graph.inputs) {
    const std::string problem = InputProblem(graph.tensor(id));
    if (!problem.empty()) blockers.push_back({graph.tensor(id).name, "input", problem});
  }
  for (Blocker& blocker : optimize::FindBlockers(graph)) {
    if (!FollowsFromAnInput(graph, blocker)) blockers.push_back(std::move(blocker));
  }
  return blockers;
}

void RequireSupported(const Graph& graph, const std::string& path) {
  const std::vector<Blocker> blockers = FindBlockers(graph);
  if (blockers.empty()) return;
  std::string text = "'" + path + "' cannot be compiled, for " + graph::Counted(blockers.size(), "reason") +
                     " (cut the graph with --output-nodes, or replace these):";
  for (const Blocker& blocker : blockers) {
    text += "\n  " + blocker.node + " (" + blocker.op + "): " + blocker.reason;
  }
  throw UnsupportedModel(text);
}

}  // namespace lockstep::info
