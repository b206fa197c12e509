// Which tensors hold no negative numbers whatever the inputs are.
#pragma once

#include <set>

#include "graph/graph.h"

namespace lockstep::optimize {

// From the operators that `id` is made by, and the functions fused behind them, a few steps back; false where that does
// not say. `known`: tensors of which it is certain.
bool NeverNegative(const graph::Graph& graph, const graph::Uses& uses, graph::TensorId id,
                   const std::set<graph::TensorId>& known);

}  // namespace lockstep::optimize
