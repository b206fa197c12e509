// What a joint model's integers are, in the words of the quantisation: for simulating its nodes in floats.
#pragma once

#include "graph/graph.h"
#include "joint_generated.h"
#include "quantize/quantized_graph.h"

namespace lockstep::layerwise {

// `graph` is the network behind the optimiser that the model was made from. The formats of its tensors, pre-activations
// included, and the integer weights and biases of its convolutions, read back from the model's layers.
quantize::QuantizedGraph FormatsOf(const graph::Graph& graph, const joint::Model& model);

}  // namespace lockstep::layerwise
