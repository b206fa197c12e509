// That every setting about nodes does something.
#pragma once

#include <set>
#include <vector>

#include "graph/graph.h"
#include "quantize/policy.h"

namespace lockstep::quantize {

// What holds where nothing is said.
struct Unsaid {
  RangeOptions observer;
  WeightRangeKind weight_range = WeightRangeKind::kMse;
  bool weights_per_tensor = false;
  int tail_bits = 16;
  std::set<graph::TensorId> raw;  // outputs that stay integers
};

// Throws UsageError for a statement that others decide everywhere, or without which everything would be the same, with
// the reason. What says the same twice is no error, nor is what says of the whole network what holds anyway.
void RequireEffect(const graph::Graph& graph, const std::vector<Statement>& statements, const Unsaid& unsaid);

}  // namespace lockstep::quantize
