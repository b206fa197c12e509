// Tensors whose range is cut on purpose.
#pragma once

#include "graph/graph.h"

namespace lockstep::analyze {

// Whether every reader, through what moves elements, is a function with flat ends (Clip, Sigmoid, HardSigmoid, Tanh,
// Softmax): the range in front of one is cut on purpose, which is no loss.
bool OnlySaturates(const graph::Graph& graph, const graph::Uses& uses, graph::TensorId id);

}  // namespace lockstep::analyze
