// Networks that arrive quantised: QuantizeLinear and DequantizeLinear around tensors, and behind constants.
#pragma once

#include "graph/given_quantization.h"
#include "graph/graph.h"

namespace lockstep::optimize {

// Makes a float network of a quantised one and says with which scales it was: where QuantizeLinear gives levels to
// DequantizeLinear alone, with the same scale and zero point for the whole tensor, the tensor itself is handed on.
// Where its levels begin at 0 behind a sum or a product, a Clip to their ends stays: quantisers drop a Relu that the
// levels do. Scales of constants behind DequantizeLinear are taken where their zero points are 0 and where there is one
// for all or one for each output channel of what reads them. Levels are those of 8 bits, with
// or without a sign (the zero point of those with a sign is 128 more). What is quantised in another way stays as it is.
// Comes in front of Optimize, which folds the constants.
graph::GivenQuantization TakeQuantization(graph::Graph& graph);

}  // namespace lockstep::optimize
