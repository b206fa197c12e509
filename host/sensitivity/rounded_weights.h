// Weights and biases as the integer layers have them, for networks that compute in floats.
#pragma once

#include "graph/graph.h"
#include "quantize/quantized_graph.h"

namespace lockstep::sensitivity {

// The integers of the node's weights; null where it has none.
const quantize::QuantizedWeights* WeightsOf(const quantize::QuantizedGraph& quantized, const graph::Node& node);

// Gives `copy`, the node within `graph`, the values of the integer weights and of the integer bias, in tensors of their
// own. `node` is the same node in the quantised graph.
void RoundWeights(const quantize::QuantizedGraph& quantized, const graph::Node& node, graph::Graph& graph,
                  graph::Node& copy);

}  // namespace lockstep::sensitivity
