// Fused and named activations as operators of ONNX opset 17.
#pragma once

#include "graph/graph.h"

namespace lockstep::importer {

// The same function with no fused activation and without the operators that opset 17 lacks (SiLU, Mish, Gelu, IsBelow
// and their kin).
graph::Graph ExpandActivations(const graph::Graph& graph);

}  // namespace lockstep::importer
