// The scales of constants in a network that arrives quantised, carried to the constants that passes make of them.
#pragma once

#include <optional>
#include <vector>

#include "graph/graph.h"

namespace lockstep::optimize {

// Of the constant times `factors`: one for all, or one for each place along the axis. Nothing where the constant has no
// scales, or has them along another axis.
std::optional<graph::GivenScales> ScalesTimes(const graph::Tensor& constant, int64_t axis,
                                              const std::vector<double>& factors);

// What a folded node makes of a constant keeps its scales where the node moves elements and their axis is still one.
void CarryScales(graph::Graph& graph, const graph::Node& node);

}  // namespace lockstep::optimize
