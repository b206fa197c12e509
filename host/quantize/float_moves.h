// Where the parts of an output are put together in floats.
#pragma once

#include <set>

#include "graph/graph.h"

namespace lockstep::quantize {

// The tensors that Concats make, and views of these, that lead to nothing but graph outputs that are not `raw`. Such a
// Concat converts each input that is integer with that input's own scale: boxes in pixels do not take the levels of
// probabilities, however often both are joined and rearranged before they are delivered.
std::set<graph::TensorId> FloatMoves(const graph::Graph& graph, const std::set<graph::TensorId>& raw);

}  // namespace lockstep::quantize
