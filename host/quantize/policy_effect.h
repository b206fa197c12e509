// That every setting about nodes does something.
#pragma once

#include <set>
#include <vector>

#include "graph/graph.h"
#include "quantize/policy.h"

namespace lockstep::quantize {

// Throws UsageError for a statement that others decide everywhere, or without which everything would be the same, with
// the reason. What says the same twice is no error, nor is what says of the whole network what holds anyway.
void RequireEffect(const graph::Graph& graph, const std::vector<Statement>& statements, int tail_bits,
                   const std::set<graph::TensorId>& raw);

}  // namespace lockstep::quantize
