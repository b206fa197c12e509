// Which node makes a tensor.
#pragma once

#include "graph/graph.h"

namespace lockstep::graph {

// The node that writes the tensor, or would without its fused activation; null for inputs and constants. O(nodes).
const Node* MakerOf(const Graph& graph, TensorId id);

}  // namespace lockstep::graph
