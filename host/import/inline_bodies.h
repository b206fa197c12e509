// Nodes that stand for other nodes: calls of a model's own functions, operators of ONNX Runtime's own, and
// the branches of an If.
#pragma once

#define ONNX_ML 1
#define ONNX_NAMESPACE onnx
#include <onnx/onnx_pb.h>

#include <string>

namespace lockstep::importer {

// Replaces them in the model's graph by what they stand for; tensors get names of their own where they need some. Of an
// If both branches become nodes of the graph, and itself the operator that chooses between their outputs: inputs are
// the condition, the outputs of then_branch, those of else_branch. Throws BadInput naming file and node for a function
// that calls itself or a branch that does not fit its If.
void InlineBodies(onnx::ModelProto& model, const std::string& path);

}  // namespace lockstep::importer
