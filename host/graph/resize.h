// Where in its input a Resize looks: one answer for everything that runs or compiles one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace lockstep::graph {

// Why its modes are not those of a copy of elements, empty if they are: mode nearest, within the input.
std::string UnsupportedResize(const Node& resize);

// For every axis the input index that each output index shows. The modes are supported, the shapes known.
std::vector<std::vector<int64_t>> NearestSources(const Graph& graph, const Node& resize);

// For every axis the place in the input, a fraction of an index, that each output index shows, by any of ONNX's
// coordinate transformations.
std::vector<std::vector<float>> ResizedPlaces(const Graph& graph, const Node& resize);
// The index that a place is rounded to by the node's `nearest_mode`; it may lie outside of the input.
int64_t NearestIndex(const Node& resize, float place);

}  // namespace lockstep::graph
