#include "quantize/policy.h"

#include <fnmatch.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "graph/error.h"
#include "graph/nearest_name.h"
#include "graph/quoted.h"
#include "quantize/operator_classes.h"

namespace lockstep::quantize {
namespace {

enum class Precision : uint8_t { kQuantized, kFloat };
using Choices = std::vector<std::optional<Precision>>;  // by node

bool Matches(const std::string& pattern, const std::string& name) {
  return fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

std::vector<size_t> NodesNamed(const graph::Graph& graph, const std::string& pattern, const std::string& key) {
  std::vector<size_t> found;
  std::vector<std::string> names;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    names.push_back(graph.nodes[i].name);
    if (Matches(pattern, names.back())) found.push_back(i);
  }
  if (!found.empty()) return found;
  for (const graph::Node& node : graph.nodes) {
    for (const std::string& origin : node.onnx_nodes) {
      if (!Matches(pattern, origin)) continue;
      throw UsageError(key + ": node '" + origin + "' was fused into '" + node.name + "'; name that one");
    }
  }
  throw UsageError(key + ": no node is called " + graph::Quoted(pattern) + graph::DidYouMean(pattern, names));
}

std::vector<size_t> NodesOf(const graph::Graph& graph, const std::string& op, const std::string& key) {
  std::vector<size_t> found;
  std::vector<std::string> operators;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const std::string& name = graph.nodes[i].op;
    if (std::count(operators.begin(), operators.end(), name) == 0) operators.push_back(name);
    if (name == op) found.push_back(i);
  }
  if (!found.empty()) return found;
  for (const graph::Node& node : graph.nodes) {
    if (node.activation.kind == graph::ActivationKind::kNone || graph::ActivationName(node.activation.kind) != op) {
      continue;
    }
    throw UsageError(key + ": " + op + " was fused into the nodes in front of it, such as '" + node.name +
                     "'; name these with float_nodes");
  }
  throw UsageError(key + ": no node has the operator " + graph::Quoted(op) + graph::DidYouMean(op, operators));
}

void Choose(Choices& choices, const std::vector<size_t>& nodes, Precision precision, const graph::Graph& graph,
            const std::string& key) {
  for (const size_t node : nodes) {
    if (choices[node] && *choices[node] != precision) {
      throw UsageError(key + ": node '" + graph.nodes[node].name + "' is named both in floats and quantised");
    }
    choices[node] = precision;
  }
}

Choices ByNode(const graph::Graph& graph, const FloatSettings& settings) {
  Choices choices(graph.nodes.size());
  for (const std::string& pattern : settings.nodes) {
    Choose(choices, NodesNamed(graph, pattern, "float_nodes"), Precision::kFloat, graph, "float_nodes");
  }
  for (const std::string& pattern : settings.quantized_nodes) {
    Choose(choices, NodesNamed(graph, pattern, "quantized_nodes"), Precision::kQuantized, graph, "quantized_nodes");
  }
  return choices;
}

Choices ByOperator(const graph::Graph& graph, const FloatSettings& settings) {
  Choices choices(graph.nodes.size());
  for (const std::string& op : settings.operators) {
    Choose(choices, NodesOf(graph, op, "float_ops"), Precision::kFloat, graph, "float_ops");
  }
  for (const std::string& op : settings.quantized_operators) {
    Choose(choices, NodesOf(graph, op, "quantized_ops"), Precision::kQuantized, graph, "quantized_ops");
  }
  return choices;
}

// Every node that `from` leads to, itself included; nodes stand in the order of execution.
std::vector<bool> Behind(const graph::Graph& graph, const std::vector<size_t>& from) {
  std::vector<bool> behind(graph.nodes.size(), false);
  for (const size_t node : from) behind[node] = true;
  const graph::Uses uses(graph);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const graph::TensorId id : graph.nodes[i].inputs) {
      const int32_t producer = id == graph::kNoTensor ? -1 : uses.producer[static_cast<size_t>(id)];
      if (producer >= 0 && behind[static_cast<size_t>(producer)]) behind[i] = true;
    }
  }
  return behind;
}

Choices BySubgraph(const graph::Graph& graph, const FloatSettings& settings) {
  const std::string key = "float_subgraphs";
  Choices choices(graph.nodes.size());
  for (const std::string& subgraph : settings.subgraphs) {
    const size_t dots = subgraph.find("..");
    if (dots == std::string::npos) {
      throw UsageError(key + ": " + graph::Quoted(subgraph) +
                       " is no subgraph; write FROM..TO, the names of two nodes");
    }
    const std::vector<bool> inside = Behind(graph, NodesNamed(graph, subgraph.substr(0, dots), key));
    std::vector<size_t> nodes;
    for (const size_t last : NodesNamed(graph, subgraph.substr(dots + 2), key)) {
      for (size_t i = 0; i <= last; ++i) {
        if (inside[i] && Behind(graph, {i})[last]) nodes.push_back(i);
      }
    }
    if (nodes.empty()) throw UsageError(key + ": no way leads along " + graph::Quoted(subgraph));
    Choose(choices, nodes, Precision::kFloat, graph, key);
  }
  return choices;
}

void RequireEffect(const FloatSettings& settings) {
  if (settings.all || !settings.nodes.empty() || !settings.operators.empty() || !settings.subgraphs.empty()) return;
  for (const auto& [key, names] : {std::pair{"quantized_nodes", &settings.quantized_nodes},
                                   std::pair{"quantized_ops", &settings.quantized_operators}}) {
    if (names->empty()) continue;
    throw UsageError(std::string(key) + " has no effect: nothing is in floats; give float_all, or leave it out");
  }
}

bool Carries(const graph::Node& node) { return IsView(node) || node.op == "Concat"; }

}  // namespace

FloatNodes ResolveFloatNodes(const graph::Graph& graph, const FloatSettings& settings) {
  RequireEffect(settings);
  const Choices by_node = ByNode(graph, settings);
  const Choices by_operator = ByOperator(graph, settings);
  const Choices by_subgraph = BySubgraph(graph, settings);
  const graph::Uses uses(graph);
  FloatNodes floats(graph.nodes.size(), false);
  const auto reads_float = [&](graph::TensorId id) {
    const int32_t producer = id == graph::kNoTensor ? -1 : uses.producer[static_cast<size_t>(id)];
    return producer >= 0 && floats[static_cast<size_t>(producer)];
  };
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    const auto named = by_node[i] ? by_node[i] : by_operator[i];
    const Precision fallback = settings.all ? Precision::kFloat : Precision::kQuantized;
    floats[i] = named.value_or(by_subgraph[i].value_or(fallback)) == Precision::kFloat;
    if (named || !Carries(node)) continue;
    const auto counts = [&](graph::TensorId id) { return id != graph::kNoTensor && !graph.tensor(id).constant; };
    const bool any = std::any_of(node.inputs.begin(), node.inputs.end(), counts);
    const bool all = std::all_of(node.inputs.begin(), node.inputs.end(),
                                 [&](graph::TensorId id) { return !counts(id) || reads_float(id); });
    if (any && all) floats[i] = true;
  }
  return floats;
}

}  // namespace lockstep::quantize
