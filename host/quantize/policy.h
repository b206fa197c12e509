// Which nodes are computed in floats: a node's own setting over its operator's over the whole network's.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace lockstep::quantize {

struct FloatSettings {
  std::vector<std::string> nodes;      // names of nodes, with * and ? as in a shell
  std::vector<std::string> operators;  // as the graph spells them: Conv, Softmax, SiLU
  bool all = false;
};

// The names of the nodes. Throws UsageError for a setting that matches nothing, with the nearest name; for a node that
// was fused into another it says into which.
std::set<std::string> ResolveFloatNodes(const graph::Graph& graph, const FloatSettings& settings);

}  // namespace lockstep::quantize
