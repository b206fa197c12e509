// Where in its input a Resize looks: one answer for everything that runs or compiles one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace lockstep::graph {

// Why its output is not made of a few input elements per axis, or not of these alone; empty if it is.
std::string UnsupportedResize(const Node& resize);

// Copies elements.
bool IsNearest(const Node& resize);

// With a keep_aspect_ratio_policy the one scale of all axes that `sizes` are given for; 0 without.
float KeptAspectScale(const Node& resize, const Shape& extents, const std::vector<int64_t>& sizes);

// For every axis the input index that each output index shows. The mode is nearest, the shapes are known.
std::vector<std::vector<int64_t>> NearestSources(const Graph& graph, const Node& resize);

// For every axis the place in the input, a fraction of an index, that each output index shows, by any of ONNX's
// coordinate transformations.
std::vector<std::vector<float>> ResizedPlaces(const Graph& graph, const Node& resize);
// The index that a place is rounded to by the node's `nearest_mode`; it may lie outside of the input.
int64_t NearestIndex(const Node& resize, float place);

}  // namespace lockstep::graph
