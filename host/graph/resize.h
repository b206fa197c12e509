// Which elements a nearest-neighbour Resize takes: one answer for everything that runs or compiles one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace lockstep::graph {

// Why nothing here resizes by the node's modes, empty if they are known.
std::string UnsupportedResize(const Node& resize);

// For every axis the input index that each output index shows. The modes are supported, the shapes known.
std::vector<std::vector<int64_t>> NearestSources(const Graph& graph, const Node& resize);

}  // namespace lockstep::graph
