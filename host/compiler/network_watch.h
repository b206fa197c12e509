// What of a network looks like a mistake when it is quantised.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"
#include "quantize/calibrate.h"

namespace lockstep::compiler {

// One line each: activations that have one value on every calibration picture, and output channels all of whose weights
// are 0. `observed` may be of another graph that has this one's tensors, or empty.
std::vector<std::string> NetworkDoubts(const graph::Graph& graph, const quantize::Calibration& observed);

}  // namespace lockstep::compiler
