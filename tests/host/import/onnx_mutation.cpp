#include "onnx_mutation.h"

#include <vector>

#include "value_mutation.h"

namespace lockstep::importer {
namespace {

using onnx::AttributeProto;
using onnx::TensorProto;

// Deals out what is to be changed, and to what.
class Mutator {
 public:
  Mutator(onnx::ModelProto& model, std::mt19937_64& random)
      : model_(model), graph_(*model.mutable_graph()), values_(random) {}

  std::string Run() {
    std::string what;
    const int changes = 1 + Below(3);
    for (int i = 0; i < changes; ++i) what += (what.empty() ? "" : "; ") + Once();
    return what;
  }

 private:
  int Below(int limit) { return values_.Below(limit); }

  std::string Once() {
    // Attributes and constants are where operators differ most.
    if (model_.functions_size() > 0 && Below(4) == 0) return Function();
    switch (Below(12)) {
      case 0:
        return Nodes();
      case 1:
      case 2:
        return NodeInputs();
      case 3:
        return NodeOutputs();
      case 4:
      case 5:
      case 6:
      case 7:
        return Attributes();
      case 8:
      case 9:
        return Initializers();
      case 10:
        return Interface();
      default:
        return Header();
    }
  }

  using NodeList = google::protobuf::RepeatedPtrField<onnx::NodeProto>;

  static void Collect(NodeList& nodes, std::vector<onnx::NodeProto*>& all) {
    for (onnx::NodeProto& node : nodes) {
      all.push_back(&node);
      for (AttributeProto& attribute : *node.mutable_attribute()) {
        if (attribute.has_g()) Collect(*attribute.mutable_g()->mutable_node(), all);
      }
    }
  }

  // Of the graph, of branches and of functions.
  onnx::NodeProto* AnyNode() {
    std::vector<onnx::NodeProto*> all;
    Collect(*graph_.mutable_node(), all);
    for (auto& function : *model_.mutable_functions()) Collect(*function.mutable_node(), all);
    return all.empty() ? nullptr : all[static_cast<size_t>(Below(static_cast<int>(all.size())))];
  }

  std::string AnyTensor() {
    std::vector<std::string> names = {"", "nowhere"};
    for (const auto& input : graph_.input()) names.push_back(input.name());
    for (const auto& tensor : graph_.initializer()) names.push_back(tensor.name());
    for (const auto& node : graph_.node()) names.insert(names.end(), node.output().begin(), node.output().end());
    return names[static_cast<size_t>(Below(static_cast<int>(names.size())))];
  }

  std::string Nodes() {
    onnx::NodeProto* node = AnyNode();
    if (node == nullptr) return "no node";
    const std::string name = node->op_type();
    switch (Below(6)) {
      case 0:
        *graph_.add_node() = onnx::NodeProto(*node);
        return name + " twice";
      case 1:
        if (graph_.node_size() == 0) return "no node";
        graph_.mutable_node()->SwapElements(Below(graph_.node_size()), Below(graph_.node_size()));
        return "two nodes change places";
      case 2:
        node->set_domain(Below(2) == 0 ? "ai.onnx.ml" : "com.example");
        return name + " of another domain";
      case 3:
        if (graph_.node_size() == 0) return "no node";
        graph_.mutable_node()->DeleteSubrange(Below(graph_.node_size()), 1);
        return "a node less";
      default:
        node->set_op_type(values_.Operator());
        return name + " becomes " + node->op_type();
    }
  }

  std::string NodeInputs() {
    onnx::NodeProto* node = AnyNode();
    if (node == nullptr) return "no node";
    auto& inputs = *node->mutable_input();
    const int action = inputs.empty() ? 0 : Below(4);
    if (action == 0) {
      node->add_input(AnyTensor());
      return node->op_type() + " reads '" + inputs[inputs.size() - 1] + "' too";
    }
    const int at = Below(inputs.size());
    if (action == 1) {
      inputs.DeleteSubrange(at, 1);
      return node->op_type() + " without input " + std::to_string(at);
    }
    inputs[at] = AnyTensor();
    return node->op_type() + " input " + std::to_string(at) + " is '" + inputs[at] + "'";
  }

  std::string NodeOutputs() {
    onnx::NodeProto* node = AnyNode();
    if (node == nullptr) return "no node";
    auto& outputs = *node->mutable_output();
    switch (outputs.empty() ? 0 : Below(4)) {
      case 0:
        node->add_output("made_" + std::to_string(Below(3)));
        return node->op_type() + " makes another output";
      case 1:
        outputs.DeleteSubrange(Below(outputs.size()), 1);
        return node->op_type() + " without an output";
      case 2:
        outputs[Below(outputs.size())].clear();
        return node->op_type() + " with an output left out";
      default:
        outputs[Below(outputs.size())] = AnyTensor();
        return node->op_type() + " makes what there is";
    }
  }

  std::string Attributes() {
    onnx::NodeProto* node = AnyNode();
    if (node == nullptr) return "no node";
    auto& attributes = *node->mutable_attribute();
    const int action = attributes.empty() ? 0 : Below(8);
    if (action == 0) {
      AttributeProto& added = *node->add_attribute();
      added.set_name(values_.AttributeName());
      static const std::vector<AttributeProto::AttributeType> kTypes = {AttributeProto::INT,    AttributeProto::INTS,
                                                                        AttributeProto::INTS,   AttributeProto::FLOAT,
                                                                        AttributeProto::STRING, AttributeProto::FLOATS};
      added.set_type(kTypes[static_cast<size_t>(Below(static_cast<int>(kTypes.size())))]);
      values_.Fill(added);
      return node->op_type() + " with " + Text(added);
    }
    AttributeProto& one = attributes[Below(attributes.size())];
    if (action == 1) {
      one.set_type(static_cast<AttributeProto::AttributeType>(Below(13)));
      return node->op_type() + ": " + one.name() + " of type " + std::to_string(one.type());
    }
    if (action == 2) {
      const std::string name = one.name();
      *node->add_attribute() = AttributeProto(one);
      values_.Fill(*node->mutable_attribute(node->attribute_size() - 1));
      return node->op_type() + ": " + name + " twice";
    }
    if (action == 3) {
      one.set_name(values_.AttributeName());
      return node->op_type() + ": an attribute is called " + one.name();
    }
    if (action == 4 && model_.functions_size() > 0) {
      one.set_ref_attr_name(Below(2) == 0 ? "slope" : values_.AttributeName());
      return node->op_type() + ": " + one.name() + " refers to " + one.ref_attr_name();
    }
    values_.Fill(one);
    return node->op_type() + ": " + Text(one);
  }

  static std::string Text(const AttributeProto& attribute) {
    std::string text = attribute.name() + "=";
    if (attribute.type() == AttributeProto::INT) text += std::to_string(attribute.i());
    if (attribute.type() == AttributeProto::FLOAT) text += std::to_string(attribute.f());
    if (attribute.type() == AttributeProto::STRING) text += attribute.s();
    for (const int64_t value : attribute.ints()) text += std::to_string(value) + ",";
    for (const float value : attribute.floats()) text += std::to_string(value) + ",";
    return text;
  }

  std::string Initializers() {
    const int count = graph_.initializer_size();
    if (count == 0) return Attributes();
    TensorProto& tensor = *graph_.mutable_initializer(Below(count));
    const std::string name = "constant '" + tensor.name() + "'";
    switch (Below(6)) {
      case 0:
        tensor.set_name(AnyTensor());
        return name + " is called '" + tensor.name() + "'";
      case 1:
        *graph_.add_initializer() = TensorProto(tensor);
        return name + " twice";
      default:
        values_.Damage(tensor);
        return name + " is " + std::to_string(tensor.data_type()) + " of " + std::to_string(tensor.dims_size()) +
               " axes";
    }
  }

  std::string Interface() {
    const bool inputs = Below(2) == 0;
    auto& list = inputs ? *graph_.mutable_input() : *graph_.mutable_output();
    const std::string name = inputs ? "an input" : "an output";
    if (list.empty() || Below(6) == 0) {
      auto& added = *list.Add();
      added.set_name(AnyTensor());
      added.mutable_type()->mutable_tensor_type()->set_elem_type(TensorProto::FLOAT);
      return name + " more: '" + added.name() + "'";
    }
    const int at = Below(list.size());
    if (Below(6) == 0) {
      list.DeleteSubrange(at, 1);
      return name + " less";
    }
    values_.Damage(list[at], AnyTensor());
    return name + " is declared otherwise";
  }

  // Inputs, outputs and names of a function, and its opset.
  std::string Function() {
    auto& function = *model_.mutable_functions(Below(model_.functions_size()));
    const auto change = [&](auto& names, const char* what) {
      if (names.empty() || Below(2) == 0) {
        *names.Add() = AnyTensor();
        return function.name() + " has one more " + what;
      }
      names.DeleteSubrange(Below(names.size()), 1);
      return function.name() + " has one less " + what;
    };
    switch (Below(5)) {
      case 0:
        return change(*function.mutable_input(), "input");
      case 1:
        return change(*function.mutable_output(), "output");
      case 2:
        function.set_domain(Below(2) == 0 ? "" : "ai.onnx");
        return function.name() + " is ONNX's";
      case 3:
        function.set_name(Below(2) == 0 ? values_.Operator() : model_.functions(0).name());
        return "a function is called " + function.name();
      default:
        function.add_opset_import()->set_version(1 + Below(24));
        return function.name() + " of another opset";
    }
  }

  std::string Header() {
    if (model_.opset_import_size() == 0) return "no opset";
    // Mostly one that is known, for what it makes of the node.
    const int64_t version = Below(5) == 0 ? values_.Number() : 1 + Below(22);
    model_.mutable_opset_import(0)->set_version(version);
    return "opset " + std::to_string(version);
  }

  onnx::ModelProto& model_;
  onnx::GraphProto& graph_;
  ValueMutator values_;
};

}  // namespace

std::string Mutate(onnx::ModelProto& model, std::mt19937_64& random) { return Mutator(model, random).Run(); }

Mutation MutationOf(const std::vector<MutationSeed>& seeds, uint64_t number) {
  std::mt19937_64 random(number);
  const MutationSeed& seed = seeds[number % seeds.size()];
  onnx::ModelProto model = seed.model;
  const std::string what = seed.name + ": " + Mutate(model, random);
  return {what, model.SerializeAsString()};
}

}  // namespace lockstep::importer
