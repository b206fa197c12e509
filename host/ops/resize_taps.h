// What a Resize makes its output of: by any mode a few elements of each axis, with weights.
#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.h"

namespace lockstep::ops {

// The elements of one axis that an output index is made of, in ascending order and each once, with their weights; none
// where all of it is the extrapolated value.
struct Taps {
  std::vector<int64_t> elements;
  std::vector<double> weights;
};

// For every axis the taps of each output index; the shapes are known.
std::vector<std::vector<Taps>> ResizeTaps(const graph::Graph& graph, const graph::Node& resize);

}  // namespace lockstep::ops
