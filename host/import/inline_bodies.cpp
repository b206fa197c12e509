#include "import/inline_bodies.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "graph/error.h"
#include "import/contrib_operators.h"
#include "import/local_functions.h"
#include "import/renaming.h"

namespace lockstep::importer {
namespace {

using onnx::AttributeProto;
using onnx::FunctionProto;
using onnx::NodeProto;
using onnx::TensorProto;
using Nodes = google::protobuf::RepeatedPtrField<NodeProto>;
using Attributes = std::map<std::string, const AttributeProto*>;  // by name

constexpr size_t kDeepest = 32;  // bodies within bodies
// A file of a few kilobytes can say far more than a memory holds: that every function calls another one twice.
constexpr int64_t kMostNodes = 1000000;
constexpr size_t kMostBytes = size_t{1} << 31;  // as many as a file has at most
constexpr size_t kBytesOfName = 64;             // beside its letters

// The attributes of a function's node that are those of the call; one that the call does not give is none. `count` is
// told of their bytes before they are copied.
template <typename Count>
void FillAttributes(NodeProto& node, const Attributes& given, const Count& count) {
  const auto fill_body = [&](onnx::GraphProto& body) {
    for (NodeProto& inner : *body.mutable_node()) FillAttributes(inner, given, count);
  };
  size_t bytes = 0;
  for (const AttributeProto& attribute : node.attribute()) {
    const auto found = given.find(attribute.ref_attr_name());
    if (!attribute.ref_attr_name().empty() && found != given.end()) bytes += found->second->ByteSizeLong();
  }
  count(bytes);
  google::protobuf::RepeatedPtrField<AttributeProto> filled;
  for (AttributeProto& attribute : *node.mutable_attribute()) {
    if (attribute.ref_attr_name().empty()) {
      if (attribute.has_g()) fill_body(*attribute.mutable_g());
      for (onnx::GraphProto& body : *attribute.mutable_graphs()) fill_body(body);
      *filled.Add() = std::move(attribute);
      continue;
    }
    const auto found = given.find(attribute.ref_attr_name());
    if (found == given.end()) continue;
    AttributeProto& copy = *filled.Add();
    copy = *found->second;
    copy.set_name(attribute.name());
  }
  node.mutable_attribute()->Swap(&filled);
}

class Inliner {
 public:
  Inliner(onnx::ModelProto& model, const std::string& path) : model_(model), path_(path), functions_(model, path) {}

  void Run() {
    onnx::GraphProto& graph = *model_.mutable_graph();
    for (const auto& initializer : graph.initializer()) names_.insert(initializer.name());
    for (const auto& input : graph.input()) names_.insert(input.name());
    for (const auto& node : graph.node()) names_.insert(node.output().begin(), node.output().end());
    Nodes nodes;
    nodes.Swap(graph.mutable_node());
    for (NodeProto& node : nodes) Append(std::move(node));
  }

 private:
  [[noreturn]] void FailAt(const std::string& which, const std::string& reason) const {
    throw BadInput("'" + path_ + "': node " + which + " " + reason + "; the file is damaged, export the model again");
  }
  [[noreturn]] void Fail(const NodeProto& node, const std::string& reason) const {
    FailAt("'" + node.name() + "' (" + node.op_type() + ")", reason);
  }

  std::string Unique(const std::string& name, const std::string& prefix) {
    const std::string stem = prefix + "/" + name;
    std::string unique = stem;
    // Counted, for a function that is called often gives one name again and again.
    while (!names_.insert(unique).second) unique = stem + "_" + std::to_string(++taken_[stem]);
    return unique;
  }

  // What a body begins with: the call or the If that it stands for.
  void Enter(const NodeProto& node, const FunctionProto* function) {
    if (function != nullptr && std::find(within_.begin(), within_.end(), function) != within_.end()) {
      Fail(node, "calls itself");
    }
    if (within_.size() == kDeepest) {
      Fail(node, "lies in functions and branches within one another, more than " + std::to_string(kDeepest));
    }
    within_.push_back(function);
  }

  void CountBytes(const std::string& which, size_t bytes) {
    made_bytes_ += bytes;
    if (made_ <= kMostNodes && made_bytes_ <= kMostBytes) return;
    FailAt(which, "is one of more than a million nodes, or 2 GiB, that functions and branches make");
  }
  void Count(const NodeProto& node, size_t bytes) {
    ++made_;
    CountBytes("'" + node.name() + "' (" + node.op_type() + ")", bytes);
  }

  // The names that the nodes' outputs get.
  void CountNames(const std::string& prefix, const Nodes& nodes) {
    constexpr size_t kCopies = 4;  // here, in a renaming, in the graph that is read, while it is made
    size_t bytes = 0;
    for (const NodeProto& node : nodes) {
      for (const std::string& name : node.output()) bytes += kCopies * (prefix.size() + name.size() + kBytesOfName);
    }
    CountBytes("'" + prefix + "'", bytes);
  }

  void Append(NodeProto node) {
    if (!within_.empty()) Count(node, node.ByteSizeLong());
    if (const LocalFunction* function = functions_.Find(node)) {
      if (checked_.insert(function->proto).second) RequireOpsetOf(model_, *function->proto, path_);
      Attributes given;
      for (const AttributeProto& attribute : function->defaults) given[attribute.name()] = &attribute;
      for (const AttributeProto& attribute : node.attribute()) given[attribute.name()] = &attribute;
      Enter(node, function->proto);
      AppendCall(node, *function->proto, given);
      within_.pop_back();
    } else if (const auto contrib = ContribFunction(node)) {
      RequireOpsetOfContrib(model_, node, *contrib, path_);
      Enter(node, &*contrib);
      AppendCall(node, *contrib, {});
      within_.pop_back();
    } else if (node.op_type() == "If" && node.domain().empty()) {
      Enter(node, nullptr);
      AppendIf(std::move(node));
      within_.pop_back();
    } else {
      *model_.mutable_graph()->add_node() = std::move(node);
    }
  }

  void Rename(NodeProto& node, const Renaming& names) {
    for (std::string& name : *node.mutable_input()) name = names.Of(name);
    for (std::string& name : *node.mutable_output()) name = names.Of(name);
    for (AttributeProto& attribute : *node.mutable_attribute()) {
      if (attribute.has_g()) RenameBody(*attribute.mutable_g(), node.name(), names);
      for (onnx::GraphProto& body : *attribute.mutable_graphs()) RenameBody(body, node.name(), names);
    }
  }

  // What the body makes keeps its name, unless that hides a tensor that the body may read under its new name.
  void RenameBody(onnx::GraphProto& body, const std::string& prefix, const Renaming& around) {
    CountNames(prefix, body.node());
    Renaming names(&around);
    const auto define = [&](const std::string& name) {
      if (!name.empty()) names.Set(name, names_.insert(name).second ? name : Unique(name, prefix));
    };
    for (const auto& input : body.input()) define(input.name());
    for (const auto& initializer : body.initializer()) define(initializer.name());
    for (const auto& initializer : body.sparse_initializer()) define(initializer.values().name());
    for (const auto& node : body.node()) {
      for (const std::string& name : node.output()) define(name);
    }
    for (auto& input : *body.mutable_input()) input.set_name(names.Of(input.name()));
    for (auto& initializer : *body.mutable_initializer()) initializer.set_name(names.Of(initializer.name()));
    for (auto& initializer : *body.mutable_sparse_initializer()) {
      initializer.mutable_values()->set_name(names.Of(initializer.values().name()));
    }
    for (NodeProto& node : *body.mutable_node()) Rename(node, names);
    for (auto& output : *body.mutable_output()) output.set_name(names.Of(output.name()));
  }

  void RequireArity(const NodeProto& call, const FunctionProto& function) const {
    const auto require = [&](int given, int known, const char* what) {
      if (given <= known) return;
      Fail(call, "has " + std::to_string(given) + " " + what + ", its function " + std::to_string(known));
    };
    require(call.input_size(), function.input_size(), "inputs");
    require(call.output_size(), function.output_size(), "outputs");
  }

  void AppendCall(const NodeProto& call, const FunctionProto& function, const Attributes& given) {
    RequireArity(call, function);
    Count(call, kBytesOfName * static_cast<size_t>(function.input_size()));
    const std::string prefix = call.name().empty() ? call.op_type() : call.name();
    CountNames(prefix, function.node());
    Renaming names;
    for (int i = 0; i < function.input_size(); ++i) {
      names.Set(function.input(i), i < call.input_size() ? call.input(i) : "");
    }
    std::vector<std::pair<std::string, std::string>> handed_on;  // an input as an output, or an output once more
    for (int i = 0; i < call.output_size(); ++i) {
      if (call.output(i).empty()) continue;
      if (names.Has(function.output(i))) {
        handed_on.emplace_back(function.output(i), call.output(i));
      } else {
        names.Set(function.output(i), call.output(i));
      }
    }
    const std::set<std::string> inputs(function.input().begin(), function.input().end());
    for (const auto& node : function.node()) {
      for (const std::string& name : node.output()) {
        if (inputs.count(name) != 0 && !name.empty()) Fail(call, "calls a function that makes its own input");
        if (!name.empty() && !names.Has(name)) names.Set(name, Unique(name, prefix));
      }
    }
    for (NodeProto node : function.node()) {
      node.set_name(prefix + "/" + (node.name().empty() ? node.op_type() : node.name()));
      Rename(node, names);
      // Behind the renaming: a body that the call gives has the names of the call.
      const size_t before = made_bytes_;
      FillAttributes(node, given,
                     [&](size_t bytes) { CountBytes("'" + node.name() + "' (" + node.op_type() + ")", bytes); });
      made_bytes_ = before;  // it is counted whole
      Append(std::move(node));
    }
    for (const auto& [inner, output] : handed_on) {
      if (names.Of(inner).empty()) Fail(call, "wants the output '" + output + "' of an input that it does not give");
      NodeProto identity;
      identity.set_op_type("Identity");
      identity.set_name(prefix + "/Identity");
      identity.add_input(names.Of(inner));
      identity.add_output(output);
      Append(std::move(identity));
    }
  }

  // Appends the branch's nodes and returns the names of its outputs.
  std::vector<std::string> AppendBranch(const NodeProto& node, onnx::GraphProto body) {
    const std::string prefix = node.name().empty() ? node.output(0) : node.name();
    CountNames(prefix, body.node());
    Renaming names;
    for (TensorProto& initializer : *body.mutable_initializer()) {
      names.Set(initializer.name(), Unique(initializer.name(), prefix));
      initializer.set_name(names.Of(initializer.name()));
      *model_.mutable_graph()->add_initializer() = std::move(initializer);
    }
    for (const auto& inner : body.node()) {
      for (const std::string& name : inner.output()) {
        if (!name.empty()) names.Set(name, Unique(name, prefix));
      }
    }
    for (NodeProto& inner : *body.mutable_node()) {
      inner.set_name(prefix + "/" + (inner.name().empty() ? inner.op_type() : inner.name()));
      Rename(inner, names);
      Append(std::move(inner));
    }
    std::vector<std::string> outputs;
    for (const auto& output : body.output()) outputs.push_back(names.Of(output.name()));
    return outputs;
  }

  void AppendIf(NodeProto node) {
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
      const std::vector<std::string> outputs = AppendBranch(node, *body);
      inputs.insert(inputs.end(), outputs.begin(), outputs.end());
    }
    node.clear_attribute();
    for (const std::string& input : inputs) node.add_input(input);
    *model_.mutable_graph()->add_node() = std::move(node);
  }

  onnx::ModelProto& model_;
  const std::string& path_;
  const LocalFunctions functions_;
  std::set<const FunctionProto*> checked_;    // whose opset suits the model's
  std::vector<const FunctionProto*> within_;  // what is being written out; null: a branch
  std::set<std::string> names_;               // of tensors
  std::map<std::string, int64_t> taken_;      // how often a name was wanted once more
  int64_t made_ = 0;
  size_t made_bytes_ = 0;
};

}  // namespace

void InlineBodies(onnx::ModelProto& model, const std::string& path) { Inliner(model, path).Run(); }

}  // namespace lockstep::importer
