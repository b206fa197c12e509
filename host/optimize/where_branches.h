// What Where chooses from, as far as 0 times what is not chosen has to be 0.
#pragma once

#include <set>

#include "graph/graph.h"

namespace lockstep::optimize {

// Whether the constant branches of a Where may be multiplied with a mask: they are finite, or hold minus infinity that
// only exp and Softmax see, for which a large number is the same.
bool BranchesFit(const graph::Graph& graph, const graph::Uses& uses, const graph::Node& where);

// The input for whose numbers the node may give infinity or NaN: of a function that is not defined everywhere or
// overflows, or the computed divisor of a Div. kNoTensor if there is none.
graph::TensorId RiskyInput(const graph::Graph& graph, const graph::Node& node);

// What `id` is computed from, and itself.
std::set<graph::TensorId> MadeFrom(const graph::Graph& graph, const graph::Uses& uses, graph::TensorId id);

}  // namespace lockstep::optimize
