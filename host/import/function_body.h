// A function that stands for one node, put together node by node.
#pragma once

#define ONNX_ML 1
#define ONNX_NAMESPACE onnx
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace lockstep::importer {

class FunctionBody {
 public:
  using Names = std::vector<std::string>;

  explicit FunctionBody(const onnx::NodeProto& call) : call_(call) {
    function_.set_name(call.op_type());
    function_.set_domain(call.domain());
    for (int i = 0; i < call.input_size(); ++i) function_.add_input("in" + std::to_string(i));
    for (int i = 0; i < call.output_size(); ++i) function_.add_output("out" + std::to_string(i));
  }

  // Names of an input and an output; empty if the node has none.
  std::string In(int i) const { return i < call_.input_size() && !call_.input(i).empty() ? function_.input(i) : ""; }
  std::string Out(int i) const {
    return i < call_.output_size() && !call_.output(i).empty() ? function_.output(i) : "";
  }

  // A node, and its first output. Without a name for it, it gets one.
  std::string Add(const std::string& op, const Names& inputs, std::string output = "") {
    onnx::NodeProto& node = *function_.add_node();
    if (output.empty()) output = op + std::to_string(function_.node_size());
    node.set_op_type(op);
    node.set_name(op + std::to_string(function_.node_size()));
    for (const std::string& input : inputs) node.add_input(input);
    node.add_output(output);
    return output;
  }
  void AddOutput(const std::string& name) { Last().add_output(name); }

  // Of the last node.
  void Set(const std::string& key, int64_t value) {
    onnx::AttributeProto& attribute = NewAttribute(key, onnx::AttributeProto::INT);
    attribute.set_i(value);
  }
  void Set(const std::string& key, float value) {
    onnx::AttributeProto& attribute = NewAttribute(key, onnx::AttributeProto::FLOAT);
    attribute.set_f(value);
  }
  void Set(const std::string& key, const std::string& value) {
    onnx::AttributeProto& attribute = NewAttribute(key, onnx::AttributeProto::STRING);
    attribute.set_s(value);
  }
  void SetList(const std::string& key, const std::vector<int64_t>& values) {
    onnx::AttributeProto& attribute = NewAttribute(key, onnx::AttributeProto::INTS);
    for (const int64_t value : values) attribute.add_ints(value);
  }
  // Attributes of the call, but for these.
  void CopyAttributes(const Names& without = {}) {
    for (const onnx::AttributeProto& attribute : call_.attribute()) {
      if (std::find(without.begin(), without.end(), attribute.name()) == without.end()) {
        *Last().add_attribute() = attribute;
      }
    }
  }

  // The opset whose operators the nodes are; without, that of the model.
  void SetOpset(int64_t opset) { function_.add_opset_import()->set_version(opset); }

  std::string Number(float value) {
    const std::string output = Add("Constant", {});
    Set("value_float", value);
    return output;
  }

  const onnx::AttributeProto* Find(const std::string& key) const {
    for (const onnx::AttributeProto& attribute : call_.attribute()) {
      if (attribute.name() == key) return &attribute;
    }
    return nullptr;
  }
  int64_t Int(const std::string& key, int64_t fallback) const {
    const onnx::AttributeProto* found = Find(key);
    return found != nullptr ? found->i() : fallback;
  }
  float Float(const std::string& key, float fallback) const {
    const onnx::AttributeProto* found = Find(key);
    return found != nullptr ? found->f() : fallback;
  }

  onnx::FunctionProto Take() { return std::move(function_); }
  int inputs() const { return call_.input_size(); }

 private:
  onnx::NodeProto& Last() { return *function_.mutable_node(function_.node_size() - 1); }
  onnx::AttributeProto& NewAttribute(const std::string& key, onnx::AttributeProto::AttributeType type) {
    onnx::AttributeProto& attribute = *Last().add_attribute();
    attribute.set_name(key);
    attribute.set_type(type);
    return attribute;
  }

  const onnx::NodeProto& call_;
  onnx::FunctionProto function_;
};

}  // namespace lockstep::importer
