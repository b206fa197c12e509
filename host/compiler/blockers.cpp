#include "compiler/blockers.h"

#include <algorithm>

#include "graph/error.h"

namespace lockstep::compiler {
namespace {

using graph::ElementType;
using graph::Graph;
using graph::Node;
using graph::Shape;
using graph::TensorId;
using optimize::Blocker;

// The node that alone reads a tensor, nullptr if there are others or none.
const Node* OnlyReader(const Graph& graph, const graph::Uses& uses, TensorId id) {
  const auto& consumers = uses.consumers[static_cast<size_t>(id)];
  if (consumers.size() != 1 || uses.is_output[static_cast<size_t>(id)]) return nullptr;
  return &graph.nodes[static_cast<size_t>(consumers[0])];
}

// The way out where the network itself makes a picture of its input first.
std::string StartBehind(const Graph& graph, const Node& node) {
  return "let the network begin behind its " + node.op + ": --input-nodes " + graph.tensor(node.outputs[0]).name;
}

bool HoldsPictureChannels(int64_t channels) { return channels == 1 || channels == 3; }

std::string ShapeProblem(const Graph& graph, const Node* reader, const Shape& shape) {
  if (shape.size() != 4) {
    return "its shape is " + graph::ToString(shape) +
           "; only a picture, 1xCxHxW, is supported: cut the network with --input-nodes where it has one";
  }
  if (!HoldsPictureChannels(shape[1]) && HoldsPictureChannels(shape[3])) {
    const std::string reason = "its shape is " + graph::ToString(shape) + ", with the channels last; ";
    const bool transposed = reader != nullptr && reader->op == "Transpose";
    return reason + (transposed ? StartBehind(graph, *reader) : "export the network with the channels first, 1xCxHxW");
  }
  if (shape[0] != 1) {
    return "its shape is " + graph::ToString(shape) + "; only a batch of 1 is supported (set it with --input-shape)";
  }
  if (HoldsPictureChannels(shape[1])) return {};
  return "it has " + std::to_string(shape[1]) +
         " channels; only pictures of 1 or 3 are supported: cut the network with --input-nodes where it has as many";
}

std::string InputProblem(const Graph& graph, const graph::Uses& uses, TensorId id) {
  const graph::Tensor& tensor = graph.tensor(id);
  const Node* reader = OnlyReader(graph, uses, id);
  if (tensor.type == ElementType::kFloat) return ShapeProblem(graph, reader, tensor.shape);
  const std::string reason = std::string("it holds ") + graph::KindName(tensor.type) + "; ";
  const bool cast =
      reader != nullptr && reader->op == "Cast" && graph.tensor(reader->outputs[0]).type == ElementType::kFloat;
  return reason + (cast ? StartBehind(graph, *reader)
                        : std::string("only floating point numbers are supported: declare the input as FLOAT"));
}

void FindInputBlockers(const Graph& graph, std::vector<Blocker>& blockers) {
  const graph::Uses uses(graph);
  for (const TensorId id : graph.inputs) {
    const std::string problem = InputProblem(graph, uses, id);
    if (!problem.empty()) blockers.push_back({graph.tensor(id).name, "input", problem});
  }
  if (graph.inputs.size() < 2) return;
  std::string names;
  for (const TensorId id : graph.inputs) names += (names.empty() ? "" : ", ") + graph.tensor(id).name;
  blockers.push_back({names, "input",
                      "the network has " + std::to_string(graph.inputs.size()) +
                          " inputs; only one, a picture, is supported: cut it with --input-nodes or --output-nodes"});
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
  FindInputBlockers(graph, blockers);
  for (Blocker& blocker : optimize::FindBlockers(graph)) {
    if (!FollowsFromAnInput(graph, blocker)) blockers.push_back(std::move(blocker));
  }
  return blockers;
}

void RequireSupported(const Graph& graph, const std::string& path) {
  const std::vector<Blocker> blockers = FindBlockers(graph);
  if (blockers.empty()) return;
  std::string text = "'" + path + "' cannot be compiled, for " + std::to_string(blockers.size()) +
                     (blockers.size() == 1 ? " reason" : " reasons") +
                     " (cut the graph with --output-nodes, or replace these):";
  for (const Blocker& blocker : blockers) {
    text += "\n  " + blocker.node + " (" + blocker.op + "): " + blocker.reason;
  }
  throw UnsupportedModel(text);
}

}  // namespace lockstep::compiler
