// What to say of indices that a run computes.
#pragma once

#include <string>

#include "graph/graph.h"

namespace lockstep::ops {

// For `unsupported`: no layer takes them as an operand, and what to do about it.
inline std::string ByComputedIndices(const graph::Graph& graph, graph::TensorId indices) {
  return "its indices '" + graph.tensor(indices).name +
         "' are computed; only constant ones are supported: end the network in front of it with --output-nodes and do "
         "the "
         "rest in the application";
}

}  // namespace lockstep::ops
