// From a random network that fails to a small one that still does.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "graph/graph.h"

namespace lockstep::test {

using Fails = std::function<bool(const graph::Graph&)>;

// Takes outputs away, then nodes at the end, nodes in between whose input has the shape of their output, and what is in
// front of a tensor, which becomes an input, as long as `fails` holds. A graph for which `fails` throws does not count.
graph::Graph Shrink(graph::Graph graph, const Fails& fails);

// Shrinks the network of the seed, writes it as seed<seed>.onnx into the folder random_failures, and says so in words.
std::string SaveSmallest(uint32_t seed, const Fails& fails);

}  // namespace lockstep::test
