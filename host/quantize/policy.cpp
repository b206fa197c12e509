#include "quantize/policy.h"

#include <fnmatch.h>

#include "graph/error.h"
#include "graph/nearest_name.h"

namespace lockstep::quantize {
namespace {

bool Matches(const std::string& pattern, const std::string& name) {
  return fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

[[noreturn]] void FailWithNearest(const std::string& what, const std::string& wanted,
                                  const std::vector<std::string>& known) {
  const std::set<std::string> names(known.begin(), known.end());  // each once
  throw UsageError(what + " '" + wanted + "' matches nothing in the network" +
                   graph::DidYouMean(wanted, {names.begin(), names.end()}));
}

void AddNodes(const graph::Graph& graph, const std::string& pattern, std::set<std::string>& floats) {
  std::vector<std::string> names;
  bool found = false;
  for (const graph::Node& node : graph.nodes) {
    names.push_back(node.name);
    if (!Matches(pattern, node.name)) continue;
    floats.insert(node.name);
    found = true;
  }
  if (found) return;
  for (const graph::Node& node : graph.nodes) {
    for (const std::string& origin : node.onnx_nodes) {
      if (!Matches(pattern, origin)) continue;
      throw UsageError("float_nodes: node '" + origin + "' was fused into '" + node.name + "'; name that one");
    }
  }
  FailWithNearest("float_nodes:", pattern, names);
}

void AddOperator(const graph::Graph& graph, const std::string& op, std::set<std::string>& floats) {
  std::vector<std::string> operators;
  bool found = false;
  for (const graph::Node& node : graph.nodes) {
    operators.push_back(node.op);
    if (node.op != op) continue;
    floats.insert(node.name);
    found = true;
  }
  if (!found) FailWithNearest("float_ops:", op, operators);
}

}  // namespace

std::set<std::string> ResolveFloatNodes(const graph::Graph& graph, const FloatSettings& settings) {
  std::set<std::string> floats;
  for (const std::string& pattern : settings.nodes) AddNodes(graph, pattern, floats);
  for (const std::string& op : settings.operators) AddOperator(graph, op, floats);
  if (settings.all) {
    for (const graph::Node& node : graph.nodes) floats.insert(node.name);
  }
  return floats;
}

}  // namespace lockstep::quantize
