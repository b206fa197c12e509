// Where a Slice cuts.
#pragma once

#include <vector>

#include "graph/graph.h"

namespace lockstep::ops {

// For every axis of the input the first index, the step and the count.
struct SliceExtent {
  std::vector<int64_t> start, step, count;
};

// Starts, ends, axes and steps as the inputs 1 to 4 of a Slice give them; empty axes and steps are the defaults.
SliceExtent ResolveSlice(const graph::Shape& shape, const std::vector<int64_t>& starts,
                         const std::vector<int64_t>& ends, std::vector<int64_t> axes, std::vector<int64_t> steps);

// Of a node whose inputs 1 to 4 are constant where they are given.
SliceExtent ResolveSlice(const graph::Graph& graph, const graph::Node& node);

}  // namespace lockstep::ops
