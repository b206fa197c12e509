// Weights in files beside the ONNX file.
#pragma once

#define ONNX_ML 1
#define ONNX_NAMESPACE onnx
#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

namespace lockstep::importer {

// Reads the data of every tensor that lies in another file, which is named relative to the folder of `path`, into the
// tensor. Throws BadInput naming tensor and file for one that is missing, too short, or outside of that folder.
void LoadExternalData(onnx::ModelProto& model, const std::string& path);

// Those files, each once, in the order in which the model names them; the model stays as it is. Throws as well.
std::vector<std::string> ExternalFiles(onnx::ModelProto& model, const std::string& path);

}  // namespace lockstep::importer
