// An ONNX file as the message that it holds.
#pragma once

#define ONNX_ML 1
#define ONNX_NAMESPACE onnx
#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>

namespace lockstep::importer {

// With the bodies of functions and branches in place (inline_bodies.h). Throws BadInput if the file cannot be read, or
// is no ONNX model.
onnx::ModelProto ReadModel(const std::string& path);

// Throws UnsupportedModel naming the opsets that can be imported.
int64_t ReadOpset(const onnx::ModelProto& model, const std::string& path);

}  // namespace lockstep::importer
