// The domain of ONNX's own operators, which has two names: none and "ai.onnx".
#pragma once

#define ONNX_ML 1
#define ONNX_NAMESPACE onnx
#include <onnx/onnx_pb.h>

namespace lockstep::importer {

// Nodes, functions and imported opsets of the model have the name "" for it.
void UseOneOnnxDomain(onnx::ModelProto& model);

}  // namespace lockstep::importer
