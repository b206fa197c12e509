// The integer weights of a joint model's layer as the network has them.
#pragma once

#include <optional>

#include "graph/graph.h"
#include "joint_generated.h"
#include "quantize/quantized_graph.h"

namespace lockstep::layerwise {

struct LayerWeights {
  quantize::QuantizedWeights weights;  // in ONNX order, with the bias
  quantize::AffineParams before;       // levels in front of the layer's table, or of its output if it has none
};

// Nothing if the layer computes in floats or has no weights. `node` is what the layer was made from.
std::optional<LayerWeights> ReadWeights(const joint::Model& model, const joint::Layer& layer, const graph::Graph& graph,
                                        const graph::Node& node);

}  // namespace lockstep::layerwise
