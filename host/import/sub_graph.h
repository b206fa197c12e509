// What the sub-graphs of control flow (the branches of an If, the bodies of Loop and Scan) read from around them.
#pragma once

#define ONNX_ML 1
#define ONNX_NAMESPACE onnx
#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

namespace lockstep::importer {

// The tensors that the sub-graphs of `node` read and do not make themselves, each once, in the order of reading.
std::vector<std::string> OuterReferences(const onnx::NodeProto& node);

}  // namespace lockstep::importer
