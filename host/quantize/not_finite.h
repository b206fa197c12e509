// Where values that are not finite come from.
#pragma once

#include <string>

#include "graph/graph.h"
#include "quantize/calibration_source.h"

namespace lockstep::quantize {

// "tensor "e" of node "exp_1" (Exp, "exp")", with the source network's nodes behind the operator.
std::string WithItsNode(const graph::Graph& graph, const std::string& tensor);

// Says which tensor of the float network is the first with a NaN or an infinity for this input, and which nodes of the
// source network make it. Runs the network once more; `otherwise` is the tensor to name if no other is found.
std::string FirstNotFinite(const graph::Graph& graph, const CalibrationInput& input, const std::string& otherwise);

}  // namespace lockstep::quantize
