// How large each channel of a tensor gets.
#pragma once

#include <cstddef>
#include <vector>

#include "graph/graph.h"

namespace lockstep::layerwise {

// The axis of an activation's channels: the second, or the last of a network's input with the channels last and of a
// tensor of fewer than four axes that a MatMul or LayerNormalization makes or reads.
size_t ChannelAxis(const graph::Graph& graph, const graph::Uses& uses, graph::TensorId id);

// The largest finite |value| of each channel; values in ONNX order.
std::vector<double> ChannelPeaks(const graph::Shape& shape, size_t axis, const float* values);

}  // namespace lockstep::layerwise
