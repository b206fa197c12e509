// One node of a network as a network of its own.
#pragma once

#include "graph/graph.h"

namespace lockstep::sensitivity {

// With the node's inputs that are not constant as inputs and its outputs as outputs, all under their names. Without
// `activation` the fused function is left out: the output holds what is in front of it.
graph::Graph NodeAlone(const graph::Graph& graph, const graph::Node& node, bool activation);

}  // namespace lockstep::sensitivity
