// Which nodes and tensors of a network a setting names.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"
#include "quantize/policy_settings.h"

namespace lockstep::quantize {

struct Matched {
  std::vector<size_t> nodes;             // ascending; all nodes for Scope::Kind::kAll
  std::vector<graph::TensorId> tensors;  // of Scope::Kind::kTensor
};

// Throws UsageError, beginning with `source`, if the scope names nothing: with the nearest name, and for a node that
// was fused into another with that one. Also for a subgraph whose end cannot be reached from its start.
Matched Match(const graph::Graph& graph, const Scope& scope, const std::string& source);

}  // namespace lockstep::quantize
