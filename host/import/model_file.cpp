#include "import/model_file.h"

#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "graph/error.h"
#include "import/opset_normalize.h"

namespace lockstep::importer {
namespace {

// Names end up in messages and file names. One with control characters comes from a damaged file.
void RequirePrintable(const std::string& name, const std::string& path) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (std::any_of(name.begin(), name.end(), control)) {
    throw BadInput("'" + path + "' holds a name with control characters: the file is damaged, or not an ONNX model");
  }
}

void RequirePrintableNames(const onnx::ModelProto& model, const std::string& path) {
  const auto& graph = model.graph();
  RequirePrintable(graph.name(), path);
  for (const auto& import : model.opset_import()) RequirePrintable(import.domain(), path);
  for (const auto& value : graph.input()) RequirePrintable(value.name(), path);
  for (const auto& value : graph.output()) RequirePrintable(value.name(), path);
  for (const auto& tensor : graph.initializer()) {
    RequirePrintable(tensor.name(), path);
    for (const auto& entry : tensor.external_data()) RequirePrintable(entry.value(), path);
  }
  for (const auto& node : graph.node()) {
    for (const auto* name : {&node.name(), &node.op_type(), &node.domain()}) RequirePrintable(*name, path);
    for (const auto& name : node.input()) RequirePrintable(name, path);
    for (const auto& name : node.output()) RequirePrintable(name, path);
    for (const auto& attribute : node.attribute()) {
      RequirePrintable(attribute.name(), path);
      if (node.domain().empty()) RequirePrintable(attribute.s(), path);
      for (const auto& entry : attribute.t().external_data()) RequirePrintable(entry.value(), path);
    }
  }
}

}  // namespace

onnx::ModelProto ReadModel(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw BadInput("cannot open '" + path + "': " + std::strerror(errno) + "; check the path");
  if (file.peek() == std::ifstream::traits_type::eof()) {
    throw BadInput("'" + path + "' is empty or not a file; give an ONNX file");
  }
  const google::protobuf::LogSilencer silence;
  onnx::ModelProto model;
  if (!model.ParseFromIstream(&file)) {
    throw BadInput("'" + path + "' is not an ONNX file, or it is cut short or damaged; export or copy it again");
  }
  if (!model.has_graph() || model.graph().output_size() == 0) {
    throw BadInput("'" + path + "' holds no graph with outputs: not an ONNX model, or cut short");
  }
  RequirePrintableNames(model, path);
  return model;
}

int64_t ReadOpset(const onnx::ModelProto& model, const std::string& path) {
  for (const auto& import : model.opset_import()) {
    if (!import.domain().empty() && import.domain() != "ai.onnx") continue;
    if (import.version() < kOldestOpset || import.version() > kNewestOpset) {
      throw UnsupportedModel("'" + path + "' uses ONNX opset " + std::to_string(import.version()) +
                             "; export it with an opset from " + std::to_string(kOldestOpset) + " to " +
                             std::to_string(kNewestOpset));
    }
    return import.version();
  }
  if (model.opset_import_size() > 0) {
    throw UnsupportedModel("'" + path + "' imports the operator domain '" + model.opset_import(0).domain() +
                           "' and not ONNX's own (ai.onnx)");
  }
  throw BadInput("'" + path + "' names no opset: not an ONNX model, or cut short");
}

}  // namespace lockstep::importer
