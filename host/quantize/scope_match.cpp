#include "quantize/scope_match.h"

#include <fnmatch.h>

#include <algorithm>
#include <numeric>

#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "quantize/operator_classes.h"
#include "quantize/split_names.h"

namespace lockstep::quantize {
namespace {

constexpr char kAllText[] = "DEFAULT";
constexpr char kDots[] = "..";
constexpr char kOperatorPrefix[] = "op:";
constexpr char kTensorPrefix[] = "tensor:";

// A name as it stands matches itself, whatever it holds: exporters write brackets too.
bool MatchesPattern(const std::string& pattern, const std::string& name) {
  return pattern == name || fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

// What is said of a node holds for the parts that it was split into.
std::vector<size_t> NodesMatching(const graph::Graph& graph, const std::string& pattern) {
  std::vector<size_t> found;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    const graph::Node* whole = SplitNode(graph, node);
    if ((whole != nullptr && MatchesPattern(pattern, whole->name)) || MatchesPattern(pattern, node.name))
      found.push_back(i);
  }
  return found;
}

std::string NearestOrList(const std::string& wanted, const std::vector<std::string>& known) {
  const std::string nearest = graph::DidYouMean(wanted, known);
  return nearest.empty() ? "; `lockstep info NETWORK` lists them" : nearest;
}

// What the ONNX node of that name was; empty without one.
std::string OnnxOperator(const graph::Graph& graph, const std::string& node) {
  const auto found = graph.onnx_operators.find(node);
  return found == graph.onnx_operators.end() ? "" : found->second;
}

// "'a' (Conv)"
std::string WithOperator(const std::string& name, const std::string& op) {
  return "'" + name + "'" + (op.empty() ? "" : " (" + op + ")");
}

std::vector<size_t> NodesNamed(const graph::Graph& graph, const std::string& pattern, const std::string& source) {
  std::vector<size_t> found = NodesMatching(graph, pattern);
  if (!found.empty()) return found;
  std::vector<std::string> names;
  for (const graph::Node& node : graph.nodes) {
    names.push_back(node.name);
    for (const std::string& origin : node.onnx_nodes) {
      if (!MatchesPattern(pattern, origin)) continue;
      throw UsageError(source + ": node " + WithOperator(origin, OnnxOperator(graph, origin)) + " was fused into " +
                       WithOperator(node.name, node.op) + "; name that one");
    }
  }
  for (const auto& [name, op] : graph.onnx_operators) {
    if (!MatchesPattern(pattern, name)) continue;
    throw UsageError(source + ": node " + WithOperator(name, op) + " was folded away; leave it out");
  }
  throw UsageError(source + ": no node is called " + graph::Quoted(pattern) + NearestOrList(pattern, names));
}

// "'a' (Conv), 'b' (Reshape)": what took over the network's nodes of an operator, the first few.
std::string TakenOverBy(const graph::Graph& graph, const std::string& op) {
  constexpr size_t kFew = 3;
  std::vector<std::string> names;
  for (const graph::Node& node : graph.nodes) {
    const bool took_over = std::any_of(node.onnx_nodes.begin(), node.onnx_nodes.end(),
                                       [&](const std::string& origin) { return OnnxOperator(graph, origin) == op; });
    if (took_over && names.size() < kFew) names.push_back(WithOperator(node.name, node.op));
  }
  return graph::Listed(names);
}

// What became another operator and kept its name (a Gemm that is a Conv) has both operators.
std::vector<size_t> NodesOf(const graph::Graph& graph, const std::string& op, const std::string& source) {
  std::vector<size_t> found;
  std::vector<std::string> operators;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    if (std::count(operators.begin(), operators.end(), node.op) == 0) operators.push_back(node.op);
    if (node.op == op || OnnxOperator(graph, node.name) == op) found.push_back(i);
  }
  if (!found.empty()) return found;
  for (const graph::Node& node : graph.nodes) {
    if (node.activation.kind == graph::ActivationKind::kNone || graph::ActivationName(node.activation.kind) != op) {
      continue;
    }
    throw UsageError(source + ": " + op + " was fused into the nodes in front of it, such as '" + node.name +
                     "'; name these");
  }
  const bool was_in = std::any_of(graph.onnx_operators.begin(), graph.onnx_operators.end(),
                                  [&](const auto& entry) { return entry.second == op; });
  if (was_in) {
    const std::string now = TakenOverBy(graph, op);
    throw UsageError(source + ": " + op +
                     (now.empty() ? " was folded away; leave it out" : " was fused into " + now + "; name these"));
  }
  throw UsageError(source + ": no node has the operator " + graph::Quoted(op) + NearestOrList(op, operators));
}

// Whether each tensor is one that layers read or make; others stay behind where nodes were fused or folded.
std::vector<bool> LivingTensors(const graph::Graph& graph) {
  std::vector<bool> living(static_cast<size_t>(graph.tensor_count()), false);
  const auto add = [&](graph::TensorId id) {
    if (id != graph::kNoTensor) living[static_cast<size_t>(id)] = true;
  };
  for (const graph::TensorId id : graph.inputs) add(id);
  for (const graph::Node& node : graph.nodes) {
    for (const graph::TensorId id : node.outputs) add(id);
    if (NeedsTable(node.activation)) add(node.pre_activation);
  }
  return living;
}

std::vector<graph::TensorId> TensorsNamed(const graph::Graph& graph, const std::string& pattern) {
  const std::vector<bool> living = LivingTensors(graph);
  std::vector<graph::TensorId> found;
  for (graph::TensorId id = 0; id < graph.tensor_count(); ++id) {
    const graph::Tensor& tensor = graph.tensor(id);
    if (tensor.constant || tensor.type != graph::ElementType::kFloat || !living[static_cast<size_t>(id)]) continue;
    if (MatchesPattern(pattern, tensor.name)) found.push_back(id);
  }
  return found;
}

// In front of a function that is no table.
void RefuseFusedTensor(const graph::Graph& graph, const std::string& pattern, const std::string& source) {
  for (const graph::Node& node : graph.nodes) {
    if (node.pre_activation == graph::kNoTensor) continue;
    const std::string& name = graph.tensor(node.pre_activation).name;
    if (!MatchesPattern(pattern, name)) continue;
    throw UsageError(source + ": tensor '" + name + "' was fused into '" + node.name + "'; name what that gives, '" +
                     graph.tensor(node.outputs[0]).name + "'");
  }
}

std::vector<graph::TensorId> RequireTensors(const graph::Graph& graph, const std::string& pattern,
                                            const std::string& source) {
  std::vector<graph::TensorId> found = TensorsNamed(graph, pattern);
  if (!found.empty()) return found;
  RefuseFusedTensor(graph, pattern, source);
  std::vector<std::string> names;
  for (const graph::TensorId id : TensorsNamed(graph, "*")) names.push_back(graph.tensor(id).name);
  const bool folded = graph.Find(pattern) != graph::kNoTensor;
  throw UsageError(source + (folded ? ": no layer reads or makes the tensor " : ": no tensor is called ") +
                   graph::Quoted(pattern) + NearestOrList(pattern, names));
}

// One end of a subgraph: nodes of that name, or what reads (`reads`) or makes tensors of that name.
std::vector<size_t> EndNamed(const graph::Graph& graph, const std::string& pattern, bool reads,
                             const std::string& source) {
  std::vector<size_t> found = NodesMatching(graph, pattern);
  if (!found.empty()) return found;
  const graph::Uses uses(graph);
  for (const graph::TensorId id : TensorsNamed(graph, pattern)) {
    const int32_t producer = uses.producer[static_cast<size_t>(id)];
    const std::vector<int32_t>& readers = uses.consumers[static_cast<size_t>(id)];
    if (reads) found.insert(found.end(), readers.begin(), readers.end());
    if (!reads && producer >= 0) found.push_back(static_cast<size_t>(producer));
  }
  if (found.empty()) RefuseFusedTensor(graph, pattern, source);
  return found.empty() ? NodesNamed(graph, pattern, source) : found;
}

// Every node that `from` leads to, itself included; nodes stand in the order of execution.
std::vector<bool> Behind(const graph::Graph& graph, const graph::Uses& uses, const std::vector<size_t>& from) {
  std::vector<bool> behind(graph.nodes.size(), false);
  for (const size_t node : from) behind[node] = true;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const graph::TensorId id : graph.nodes[i].inputs) {
      const int32_t producer = id == graph::kNoTensor ? -1 : uses.producer[static_cast<size_t>(id)];
      if (producer >= 0 && behind[static_cast<size_t>(producer)]) behind[i] = true;
    }
  }
  return behind;
}

// Every node that leads to one of `to`, these included.
std::vector<bool> InFrontOf(const graph::Graph& graph, const graph::Uses& uses, const std::vector<size_t>& to) {
  std::vector<bool> in_front(graph.nodes.size(), false);
  for (const size_t node : to) in_front[node] = true;
  for (size_t i = graph.nodes.size(); i-- > 0;) {
    if (!in_front[i]) continue;
    for (const graph::TensorId id : graph.nodes[i].inputs) {
      const int32_t producer = id == graph::kNoTensor ? -1 : uses.producer[static_cast<size_t>(id)];
      if (producer >= 0) in_front[static_cast<size_t>(producer)] = true;
    }
  }
  return in_front;
}

std::vector<size_t> Everything(const graph::Graph& graph) {
  std::vector<size_t> all(graph.nodes.size());
  std::iota(all.begin(), all.end(), size_t{0});
  return all;
}

std::vector<size_t> Subgraph(const graph::Graph& graph, const std::string& pattern, const std::string& source) {
  const size_t dots = pattern.find(kDots);
  const std::string from = pattern.substr(0, dots);
  const std::string to = dots == std::string::npos ? "" : pattern.substr(dots + 2);
  if (dots == std::string::npos || (from.empty() && to.empty())) {
    throw UsageError(source + ": " + graph::Quoted(pattern) +
                     " is no subgraph; write FROM..TO, the names of two nodes or tensors");
  }
  const graph::Uses uses(graph);
  const std::vector<size_t> starts = from.empty() ? Everything(graph) : EndNamed(graph, from, true, source);
  const std::vector<size_t> ends = to.empty() ? Everything(graph) : EndNamed(graph, to, false, source);
  const std::vector<bool> behind = Behind(graph, uses, starts);
  const std::vector<bool> in_front = InFrontOf(graph, uses, ends);
  std::vector<size_t> nodes;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (behind[i] && in_front[i]) nodes.push_back(i);
  }
  if (nodes.empty()) {
    throw UsageError(source + ": no way leads along " + graph::Quoted(pattern) + "; its end must lie behind its start");
  }
  return nodes;
}

}  // namespace

Scope Scope::Parse(const std::string& text) {
  const auto begins = [&](const std::string& prefix) { return text.compare(0, prefix.size(), prefix) == 0; };
  if (text == kAllText) return {Kind::kAll, ""};
  if (begins(kOperatorPrefix)) return {Kind::kOperator, text.substr(sizeof(kOperatorPrefix) - 1)};
  if (begins(kTensorPrefix)) return {Kind::kTensor, text.substr(sizeof(kTensorPrefix) - 1)};
  if (text.find(kDots) != std::string::npos) return {Kind::kSubgraph, text};
  return {Kind::kNode, text};
}

Matched Match(const graph::Graph& graph, const Scope& scope, const std::string& source) {
  switch (scope.kind) {
    case Scope::Kind::kAll:
      return {Everything(graph), {}};
    case Scope::Kind::kSubgraph:
      return {Subgraph(graph, scope.pattern, source), {}};
    case Scope::Kind::kOperator:
      return {NodesOf(graph, scope.pattern, source), {}};
    case Scope::Kind::kNode:
      return {NodesNamed(graph, scope.pattern, source), {}};
    case Scope::Kind::kTensor:
      return {{}, RequireTensors(graph, scope.pattern, source)};
  }
  return {};
}

}  // namespace lockstep::quantize
