// Writes the compiler's graph as an ONNX file that other tools open.
#pragma once

#include <string>

#include "graph/graph.h"

namespace lockstep::importer {

// Opset 17. A fused activation becomes ONNX operators again, its input under the name of `pre_activation`; shapes of
// all tensors are recorded. Throws BadInput if the file cannot be written; then it does not exist.
void ExportOnnx(const graph::Graph& graph, const std::string& path);

}  // namespace lockstep::importer
