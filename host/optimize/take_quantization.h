// Networks that arrive quantised: QuantizeLinear and DequantizeLinear around tensors, and behind constants.
#pragma once

#include "graph/given_quantization.h"
#include "graph/graph.h"

namespace lockstep::optimize {

// Makes a float network of a quantised one and says with which scales it was: where QuantizeLinear gives levels to
// DequantizeLinear alone, with the same scale and zero point for the whole tensor, the tensor itself is handed on.
// Where the levels lie on one side of 0 and the tensor may lie on the other, it is handed on behind a Clip at their
// ends: they do what a Relu or a Clip did that the quantiser left out. Levels are those of 8 or 16 bits, with or
// without a sign (the zero point of those with a sign is 128 or 32768 more). Scales of constants behind
// DequantizeLinear are taken where their zero points are 0 and their integers have 8 bits. What is quantised in another
// way stays as it is. Comes in front of Optimize, which folds the constants.
graph::GivenQuantization TakeQuantization(graph::Graph& graph);

}  // namespace lockstep::optimize
