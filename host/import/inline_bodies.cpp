#include "import/inline_bodies.h"

#include <map>
#include <set>
#include <utility>

#include "graph/error.h"
#include "import/contrib_operators.h"

namespace lockstep::importer {
namespace {

using onnx::AttributeProto;
using onnx::NodeProto;
using onnx::TensorProto;
using Nodes = google::protobuf::RepeatedPtrField<NodeProto>;

constexpr int kDeepest = 32;  // calls within calls
constexpr int kMostNodes = 1000000;

class Inliner {
 public:
  Inliner(onnx::ModelProto& model, const std::string& path) : model_(model), path_(path) {
    for (const auto& function : model.functions()) functions_[{function.domain(), function.name()}] = &function;
  }

  void Run() {
    onnx::GraphProto& graph = *model_.mutable_graph();
    for (const auto& initializer : graph.initializer()) names_.insert(initializer.name());
    for (const auto& input : graph.input()) names_.insert(input.name());
    for (const auto& node : graph.node()) names_.insert(node.output().begin(), node.output().end());
    Nodes nodes;
    nodes.Swap(graph.mutable_node());
    for (NodeProto& node : nodes) Append(std::move(node), 0);
  }

 private:
  using Renaming = std::map<std::string, std::string>;

  [[noreturn]] void Fail(const NodeProto& node, const std::string& reason) const {
    throw BadInput("'" + path_ + "': node '" + node.name() + "' (" + node.op_type() + ") " + reason +
                   "; the file is damaged, export the model again");
  }

  std::string Unique(const std::string& name, const std::string& prefix) {
    std::string unique = prefix + "/" + name;
    for (int i = 1; !names_.insert(unique).second; ++i) unique = prefix + "/" + name + "_" + std::to_string(i);
    return unique;
  }

  void Append(NodeProto node, int depth) {
    if (model_.graph().node_size() == kMostNodes) Fail(node, "is one of a million nodes that functions make");
    const auto function = functions_.find({node.domain(), node.op_type()});
    if (function != functions_.end()) {
      if (depth == kDeepest) Fail(node, "calls itself");
      AppendCall(node, *function->second, depth + 1);
    } else if (const auto contrib = ContribFunction(node)) {
      AppendCall(node, *contrib, depth + 1);
    } else if (node.op_type() == "If" && node.domain().empty()) {
      AppendIf(std::move(node), depth + 1);
    } else {
      *model_.mutable_graph()->add_node() = std::move(node);
    }
  }

  // The node with other names for its tensors; what its own bodies make keeps its name, unless it hides one of those.
  static void Rename(NodeProto& node, const Renaming& names) {
    const auto rename = [&](std::string& name) {
      const auto found = names.find(name);
      if (found != names.end()) name = found->second;
    };
    for (std::string& name : *node.mutable_input()) rename(name);
    for (std::string& name : *node.mutable_output()) rename(name);
    for (AttributeProto& attribute : *node.mutable_attribute()) {
      if (attribute.has_g()) RenameBody(*attribute.mutable_g(), names);
      for (onnx::GraphProto& body : *attribute.mutable_graphs()) RenameBody(body, names);
    }
  }

  static void RenameBody(onnx::GraphProto& body, Renaming names) {
    for (const auto& input : body.input()) names.erase(input.name());
    for (const auto& initializer : body.initializer()) names.erase(initializer.name());
    for (const auto& node : body.node()) {
      for (const std::string& name : node.output()) names.erase(name);
    }
    for (NodeProto& node : *body.mutable_node()) Rename(node, names);
    for (auto& output : *body.mutable_output()) {
      const auto found = names.find(output.name());
      if (found != names.end()) output.set_name(found->second);
    }
  }

  // Attributes of the function's nodes may be those of the call.
  static void FillAttributes(NodeProto& node, const NodeProto& call) {
    google::protobuf::RepeatedPtrField<AttributeProto> filled;
    for (AttributeProto& attribute : *node.mutable_attribute()) {
      if (attribute.ref_attr_name().empty()) {
        *filled.Add() = std::move(attribute);
        continue;
      }
      for (const AttributeProto& given : call.attribute()) {
        if (given.name() != attribute.ref_attr_name()) continue;
        AttributeProto& copy = *filled.Add();
        copy = given;
        copy.set_name(attribute.name());
      }
    }
    node.mutable_attribute()->Swap(&filled);
  }

  void AppendCall(const NodeProto& call, const onnx::FunctionProto& function, int depth) {
    Renaming names;
    for (int i = 0; i < function.input_size(); ++i) {
      names[function.input(i)] = i < call.input_size() ? call.input(i) : "";
    }
    for (int i = 0; i < function.output_size() && i < call.output_size(); ++i) {
      if (!call.output(i).empty()) names[function.output(i)] = call.output(i);
    }
    const std::string prefix = call.name().empty() ? call.op_type() : call.name();
    for (const auto& node : function.node()) {
      for (const std::string& name : node.output()) {
        if (!name.empty() && names.count(name) == 0) names[name] = Unique(name, prefix);
      }
    }
    for (NodeProto node : function.node()) {
      FillAttributes(node, call);
      Rename(node, names);
      node.set_name(prefix + "/" + (node.name().empty() ? node.op_type() : node.name()));
      Append(std::move(node), depth);
    }
  }

  // Appends the branch's nodes and returns the names of its outputs.
  std::vector<std::string> AppendBranch(const NodeProto& node, onnx::GraphProto body, int depth) {
    const std::string prefix = node.name().empty() ? node.output(0) : node.name();
    Renaming names;
    for (TensorProto& initializer : *body.mutable_initializer()) {
      names[initializer.name()] = Unique(initializer.name(), prefix);
      initializer.set_name(names[initializer.name()]);
      *model_.mutable_graph()->add_initializer() = std::move(initializer);
    }
    for (const auto& inner : body.node()) {
      for (const std::string& name : inner.output()) {
        if (!name.empty()) names[name] = Unique(name, prefix);
      }
    }
    for (NodeProto& inner : *body.mutable_node()) {
      Rename(inner, names);
      inner.set_name(prefix + "/" + (inner.name().empty() ? inner.op_type() : inner.name()));
      Append(std::move(inner), depth);
    }
    std::vector<std::string> outputs;
    for (const auto& output : body.output()) {
      const auto found = names.find(output.name());
      outputs.push_back(found == names.end() ? output.name() : found->second);
    }
    return outputs;
  }

  void AppendIf(NodeProto node, int depth) {
    if (depth > kDeepest) Fail(node, "has branches within branches without end");
    if (node.output_size() == 0 || node.input_size() != 1) Fail(node, "has not one condition and its outputs");
    std::vector<std::string> inputs;
    for (const char* key : {"then_branch", "else_branch"}) {
      const onnx::GraphProto* body = nullptr;
      for (const AttributeProto& attribute : node.attribute()) {
        if (attribute.name() == key && attribute.has_g()) body = &attribute.g();
      }
      if (body == nullptr || body->output_size() != node.output_size()) {
        Fail(node, std::string("has a '") + key + "' that does not make its outputs");
      }
      const std::vector<std::string> outputs = AppendBranch(node, *body, depth);
      inputs.insert(inputs.end(), outputs.begin(), outputs.end());
    }
    node.clear_attribute();
    for (const std::string& input : inputs) node.add_input(input);
    *model_.mutable_graph()->add_node() = std::move(node);
  }

  onnx::ModelProto& model_;
  const std::string& path_;
  std::map<std::pair<std::string, std::string>, const onnx::FunctionProto*> functions_;
  std::set<std::string> names_;  // of tensors
};

}  // namespace

void InlineBodies(onnx::ModelProto& model, const std::string& path) { Inliner(model, path).Run(); }

}  // namespace lockstep::importer
