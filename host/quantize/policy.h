// What every node works in: the one place where the user's settings become decisions. What a tensor gets from them is
// decided beneath it (widths.h).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "quantize/policy_settings.h"
#include "quantize/scope_match.h"

namespace lockstep::quantize {

// By index of the node: whether it computes in floats. Empty: none does.
using FloatNodes = std::vector<bool>;

inline bool IsFloat(const FloatNodes& floats, size_t node) { return node < floats.size() && floats[node]; }

struct Policy {
  FloatNodes floats;
  Choices all;                 // what is said of the whole network
  std::vector<Choices> nodes;  // what is said of a node, its operator or a subgraph it is in; empty: nothing
  std::map<graph::TensorId, Choices> tensors;

  // What is said of the node by anything narrower than the whole network.
  template <typename Value>
  std::optional<Value> SaidOf(size_t node, std::optional<Value> Choices::*choice) const {
    return node < nodes.size() ? nodes[node].*choice : std::nullopt;
  }
  // The same, or what is said of all.
  template <typename Value>
  std::optional<Value> For(size_t node, std::optional<Value> Choices::*choice) const {
    const std::optional<Value> said = SaidOf(node, choice);
    return said ? said : all.*choice;
  }
};

// One choice for one scope, with what that names in a network.
struct Statement {
  std::string source;
  Scope scope;
  Choices choice;  // one of them
  Matched matched;
  bool implied = false;
};

// Takes rules apart. Throws UsageError for what names nothing (see Match).
std::vector<Statement> MatchAll(const graph::Graph& graph, const PolicySettings& settings);

// What names a node beats what names its operator, that beats the subgraph it is in, that the whole network. A node
// that copies elements (a view, a Concat) and that nothing names carries what it gets: it is float if all that it reads
// is. `in_force` gets, for each statement, whether anything has what it says. Throws UsageError where two statements of
// the same rank say different things of a node.
Policy Resolve(const graph::Graph& graph, const std::vector<Statement>& statements,
               std::vector<bool>* in_force = nullptr);

inline Policy ResolvePolicy(const graph::Graph& graph, const PolicySettings& settings) {
  return Resolve(graph, MatchAll(graph, settings));
}

}  // namespace lockstep::quantize
