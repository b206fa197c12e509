// Numbers that a Pad puts beside the elements of its input: the output's range takes them in.
#pragma once

#include <optional>

#include "graph/graph.h"

namespace lockstep::quantize {

// The value of a constant Pad; nothing where any range holds it: of another node, of one that pads with 0, and of an
// infinity, or what exporters write for one, which is the lowest or the highest level.
std::optional<double> PadValueOf(const graph::Graph& graph, const graph::Node& node);

}  // namespace lockstep::quantize
