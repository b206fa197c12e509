// Which nodes compute in floats and which in integers: the one place where the user's settings become decisions. How
// wide integers are is decided beneath it (widths.h).
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"

namespace lockstep::quantize {

// What names a node beats what names its operator, that beats the subgraph it is in, that the network's default.
// Nodes are named by patterns with * and ? as in a shell, operators as the graph spells them: Conv, Softmax, SiLU.
struct FloatSettings {
  std::vector<std::string> nodes;      // in floats
  std::vector<std::string> operators;  // in floats
  bool all = false;                    // in floats, if nothing else is said
  std::vector<std::string> subgraphs;  // in floats: FROM..TO, every node on a way from a node to another
  std::vector<std::string> quantized_nodes;
  std::vector<std::string> quantized_operators;
};

// By index of the node: whether it computes in floats. Empty: none does.
using FloatNodes = std::vector<bool>;

inline bool IsFloat(const FloatNodes& floats, size_t node) { return node < floats.size() && floats[node]; }

// A node that copies elements (a view, a Concat) and that no setting of node or operator names carries what it gets: it
// is float if all that it reads is. Throws UsageError for a setting that matches nothing, with the nearest name, or
// that contradicts another; for a node that was fused into another it says into which.
FloatNodes ResolveFloatNodes(const graph::Graph& graph, const FloatSettings& settings);

}  // namespace lockstep::quantize
