#include "import/model_file.h"

#include <google/protobuf/stubs/logging.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "graph/error.h"
#include "import/external_data.h"
#include "import/inline_bodies.h"
#include "import/onnx_domain.h"
#include "import/opset_normalize.h"
#include "lockstep/name_text.h"

namespace lockstep::importer {
namespace {

// Lowering makes names longer, by a few words at most.
constexpr size_t kMostBytes = kMostNameBytes / 2;

// Names end up in the joint model, messages and file names.
void RequirePrintable(const std::string& name, const std::string& path) {
  if (!IsNameText(name.data(), name.size())) {
    throw BadInput("'" + path +
                   "' holds a name that is not UTF-8 text without control characters: the file is damaged, or not an "
                   "ONNX model");
  }
  if (name.size() > kMostBytes) {
    throw BadInput("'" + path + "' holds a name of " + std::to_string(name.size()) + " bytes (\"" + name.substr(0, 40) +
                   "...\"); at most " + std::to_string(kMostBytes) + " are supported, rename it");
  }
}

void RequirePrintableNames(const onnx::GraphProto& graph, const std::string& path);

void RequirePrintableNames(const onnx::AttributeProto& attribute, bool known_domain, const std::string& path) {
  RequirePrintable(attribute.name(), path);
  if (known_domain) RequirePrintable(attribute.s(), path);
  for (const auto& entry : attribute.t().external_data()) RequirePrintable(entry.value(), path);
  if (attribute.has_g()) RequirePrintableNames(attribute.g(), path);
  for (const auto& graph : attribute.graphs()) RequirePrintableNames(graph, path);
}

void RequirePrintableNames(const onnx::NodeProto& node, const std::string& path) {
  for (const auto* name : {&node.name(), &node.op_type(), &node.domain()}) RequirePrintable(*name, path);
  for (const auto& name : node.input()) RequirePrintable(name, path);
  for (const auto& name : node.output()) RequirePrintable(name, path);
  for (const auto& attribute : node.attribute()) RequirePrintableNames(attribute, node.domain().empty(), path);
}

void RequirePrintableNames(const onnx::FunctionProto& function, const std::string& path) {
  for (const auto* name : {&function.name(), &function.domain()}) RequirePrintable(*name, path);
  for (const auto& name : function.input()) RequirePrintable(name, path);
  for (const auto& name : function.output()) RequirePrintable(name, path);
  for (const auto& node : function.node()) RequirePrintableNames(node, path);
}

void RequirePrintableNames(const onnx::GraphProto& graph, const std::string& path) {
  RequirePrintable(graph.name(), path);
  for (const auto& value : graph.input()) RequirePrintable(value.name(), path);
  for (const auto& value : graph.output()) RequirePrintable(value.name(), path);
  for (const auto& tensor : graph.initializer()) {
    RequirePrintable(tensor.name(), path);
    for (const auto& entry : tensor.external_data()) RequirePrintable(entry.value(), path);
  }
  for (const auto& node : graph.node()) RequirePrintableNames(node, path);
}

}  // namespace

onnx::ModelProto ReadModel(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw BadInput("cannot open '" + path + "': " + std::strerror(errno) + "; check the path");
  if (std::filesystem::path(path).extension() == ".joint") {
    throw UsageError("'" + path + "' is a joint model, here the ONNX network that it was built from is needed");
  }
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
  UseOneOnnxDomain(model);
  for (const auto& import : model.opset_import()) RequirePrintable(import.domain(), path);
  RequirePrintableNames(model.graph(), path);
  for (const auto& function : model.functions()) RequirePrintableNames(function, path);
  LoadExternalData(model, path);
  InlineBodies(model, path);
  RequirePrintableNames(model.graph(), path);
  return model;
}

int64_t ReadOpset(const onnx::ModelProto& model, const std::string& path) {
  const onnx::OperatorSetIdProto* own = nullptr;
  for (const auto& import : model.opset_import()) {
    if (!import.domain().empty()) continue;
    if (own != nullptr && own->version() != import.version()) {
      throw BadInput("'" + path + "' imports the ONNX opsets " + std::to_string(own->version()) + " and " +
                     std::to_string(import.version()) + "; the file is damaged, export the model again");
    }
    own = &import;
  }
  if (own == nullptr && model.opset_import_size() > 0) {
    throw UnsupportedModel("'" + path + "' imports the operator domain '" + model.opset_import(0).domain() +
                           "' and not ONNX's own (ai.onnx)");
  }
  if (own == nullptr) throw BadInput("'" + path + "' names no opset: not an ONNX model, or cut short");
  if (own->version() < kOldestOpset || own->version() > kNewestOpset) {
    throw UnsupportedModel("'" + path + "' uses ONNX opset " + std::to_string(own->version()) +
                           "; export it with an opset from " + std::to_string(kOldestOpset) + " to " +
                           std::to_string(kNewestOpset));
  }
  return own->version();
}

}  // namespace lockstep::importer
