// Constants that take part in arithmetic: their parameters follow from those of what they are computed with.
#pragma once

#include "graph/graph.h"
#include "quantize/activation_params.h"

namespace lockstep::quantize {

// The values of an operand of a sum beyond which the sum, whatever the other operand is, is at an end of its range.
Range ReachOf(const graph::Node& node, graph::TensorId operand, const ActivationParams& params);

// Adds the parameters of every constant operand of a node that computes in integers: see ConstantParams, for the values
// within reach. `params` has all other tensors.
void AddConstantParams(const graph::Graph& graph, const Widths& widths, ActivationParams& params);

}  // namespace lockstep::quantize
