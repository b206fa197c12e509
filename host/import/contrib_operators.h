// Operators of ONNX Runtime's own that its optimizers and quantizers write, in ONNX's operators.
#pragma once

#define ONNX_ML 1
#define ONNX_NAMESPACE onnx
#include <onnx/onnx_pb.h>

#include <optional>

namespace lockstep::importer {

// A function that does what the node does, with as many inputs and outputs as it has; nothing for a node that is none
// of these operators, or has attributes that this cannot say.
std::optional<onnx::FunctionProto> ContribFunction(const onnx::NodeProto& node);

}  // namespace lockstep::importer
