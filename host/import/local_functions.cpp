#include "import/local_functions.h"

#include <algorithm>
#include <utility>

#include "graph/error.h"
#include "import/model_file.h"
#include "import/newer_fields.h"
#include "import/opset_meaning.h"
#include "import/opset_normalize.h"

namespace lockstep::importer {
namespace {

// Which of several functions of one name; the last one counts, as of every field.
std::string OverloadOf(const google::protobuf::Message& message, int field) {
  const std::vector<std::string> given = FieldBytes(message, field);
  return given.empty() ? "" : given.back();
}

std::string NameOf(const onnx::FunctionProto& function) {
  return "'" + (function.domain().empty() ? "" : function.domain() + ".") + function.name() + "'";
}

std::vector<onnx::AttributeProto> DefaultsOf(const onnx::FunctionProto& function, const std::string& path) {
  std::vector<onnx::AttributeProto> defaults;
  for (const std::string& bytes : FieldBytes(function, kDefaultsOfFunction)) {
    if (defaults.emplace_back().ParseFromString(bytes)) continue;
    throw BadInput("'" + path + "': the function " + NameOf(function) +
                   " has an attribute that cannot be read; the file is damaged, export the model again");
  }
  return defaults;
}

// The first node, in bodies too, that means something else.
const onnx::NodeProto* FirstThatDiffers(const google::protobuf::RepeatedPtrField<onnx::NodeProto>& nodes, int64_t opset,
                                        int64_t other) {
  for (const auto& node : nodes) {
    if (node.domain().empty() && !MeansTheSame(node.op_type(), opset, other)) return &node;
    for (const auto& attribute : node.attribute()) {
      const onnx::NodeProto* found = FirstThatDiffers(attribute.g().node(), opset, other);
      for (int i = 0; found == nullptr && i < attribute.graphs_size(); ++i) {
        found = FirstThatDiffers(attribute.graphs(i).node(), opset, other);
      }
      if (found != nullptr) return found;
    }
  }
  return nullptr;
}

// `contrib` is the node that the function stands for, null of one of the file's own.
void RequireOpset(const onnx::ModelProto& model, const onnx::FunctionProto& function, const onnx::NodeProto* contrib,
                  const std::string& path) {
  const bool by_file = contrib == nullptr;
  const std::string which =
      by_file ? "the function " + NameOf(function)
              : "node '" + contrib->name() + "' (" + contrib->domain() + "." + contrib->op_type() + ")";
  const char* other_way =
      by_file ? "or without functions" : "or in QDQ form (QuantizeLinear and DequantizeLinear around float operators)";
  for (const auto& import : function.opset_import()) {
    if (!import.domain().empty()) continue;
    const int64_t opset = ReadOpset(model, path);
    const std::string written =
        "'" + path + "': " + which + " is written for ONNX opset " + std::to_string(import.version());
    if (import.version() < kOldestOpset || import.version() > kNewestOpset) {
      throw UnsupportedModel(written + "; export the model with an opset from " + std::to_string(kOldestOpset) +
                             " to " + std::to_string(kNewestOpset));
    }
    const onnx::NodeProto* other = FirstThatDiffers(function.node(), opset, import.version());
    if (other == nullptr) continue;
    const std::string inner = by_file && !other->name().empty()
                                  ? "node '" + other->name() + "' (" + other->op_type() + ")"
                                  : "operator " + other->op_type();
    throw UnsupportedModel(written + ", the model for " + std::to_string(opset) + ", and its " + inner +
                           " means something else in each; export the model with one opset, " + other_way);
  }
}

}  // namespace

LocalFunctions::LocalFunctions(const onnx::ModelProto& model, const std::string& path) {
  for (const auto& function : model.functions()) {
    LocalFunction& local = functions_[{function.domain(), function.name(), OverloadOf(function, kOverloadOfFunction)}];
    if (local.proto != nullptr) {
      throw BadInput("'" + path + "' holds two functions " + NameOf(function) +
                     "; the file is damaged, export the model again");
    }
    local = {&function, DefaultsOf(function, path)};
  }
}

const LocalFunction* LocalFunctions::Find(const onnx::NodeProto& node) const {
  if (functions_.empty()) return nullptr;
  const auto found = functions_.find({node.domain(), node.op_type(), OverloadOf(node, kOverloadOfNode)});
  return found == functions_.end() ? nullptr : &found->second;
}

void RequireOpsetOf(const onnx::ModelProto& model, const onnx::FunctionProto& function, const std::string& path) {
  RequireOpset(model, function, nullptr, path);
}

void RequireOpsetOfContrib(const onnx::ModelProto& model, const onnx::NodeProto& node,
                           const onnx::FunctionProto& function, const std::string& path) {
  RequireOpset(model, function, &node, path);
}

}  // namespace lockstep::importer
