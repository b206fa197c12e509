#include "onnx_writer.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace lockstep::importer {

OnnxWriter::OnnxWriter(int64_t opset) {
  model.set_ir_version(7);
  auto& import = *model.add_opset_import();
  import.set_domain("");
  import.set_version(opset);
  model.mutable_graph()->set_name("test");
}

OnnxWriter& OnnxWriter::Input(const std::string& name, const std::vector<int64_t>& dims, int32_t element_type) {
  auto& input = *model.mutable_graph()->add_input();
  input.set_name(name);
  auto& type = *input.mutable_type()->mutable_tensor_type();
  type.set_elem_type(element_type);
  for (const int64_t dim : dims) {
    auto& written = *type.mutable_shape()->add_dim();
    if (dim > 0) {
      written.set_dim_value(dim);
    } else {
      written.set_dim_param("open");
    }
  }
  return *this;
}

OnnxWriter& OnnxWriter::Output(const std::string& name) {
  auto& output = *model.mutable_graph()->add_output();
  output.set_name(name);
  output.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
  return *this;
}

onnx::NodeProto& OnnxWriter::Node(const std::string& op, const std::vector<std::string>& inputs,
                                  const std::vector<std::string>& outputs) {
  auto& node = *model.mutable_graph()->add_node();
  node.set_op_type(op);
  node.set_name("the_" + op);
  for (const std::string& input : inputs) node.add_input(input);
  for (const std::string& output : outputs) node.add_output(output);
  return node;
}

OnnxWriter& OnnxWriter::Floats(const std::string& name, const std::vector<int64_t>& dims,
                               const std::vector<float>& values) {
  auto& tensor = *model.mutable_graph()->add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  for (const int64_t dim : dims) tensor.add_dims(dim);
  for (const float value : values) tensor.add_float_data(value);
  return *this;
}

OnnxWriter& OnnxWriter::Ints(const std::string& name, const std::vector<int64_t>& values) {
  auto& tensor = *model.mutable_graph()->add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::INT64);
  tensor.add_dims(static_cast<int64_t>(values.size()));
  for (const int64_t value : values) tensor.add_int64_data(value);
  return *this;
}

namespace {

onnx::AttributeProto& Add(onnx::NodeProto& node, const std::string& name, onnx::AttributeProto::AttributeType type) {
  auto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(type);
  return attribute;
}

}  // namespace

void SetInt(onnx::NodeProto& node, const std::string& name, int64_t value) {
  Add(node, name, onnx::AttributeProto::INT).set_i(value);
}

void SetInts(onnx::NodeProto& node, const std::string& name, const std::vector<int64_t>& values) {
  auto& attribute = Add(node, name, onnx::AttributeProto::INTS);
  for (const int64_t value : values) attribute.add_ints(value);
}

void SetFloat(onnx::NodeProto& node, const std::string& name, float value) {
  Add(node, name, onnx::AttributeProto::FLOAT).set_f(value);
}

void SetFloats(onnx::NodeProto& node, const std::string& name, const std::vector<float>& values) {
  auto& attribute = Add(node, name, onnx::AttributeProto::FLOATS);
  for (const float value : values) attribute.add_floats(value);
}

void SetString(onnx::NodeProto& node, const std::string& name, const std::string& value) {
  Add(node, name, onnx::AttributeProto::STRING).set_s(value);
}

TemporaryFile::TemporaryFile(const std::string& bytes, const std::string& ending) {
  // In memory where that can be had: tests of damaged files write thousands.
  const std::filesystem::path memory = "/dev/shm";
  std::error_code none;
  const bool usable = std::filesystem::is_directory(memory, none);
  path_ = ((usable ? memory : std::filesystem::temp_directory_path()) / ("lockstep_XXXXXX" + ending)).string();
  const int file = mkstemps(path_.data(), static_cast<int>(ending.size()));
  if (file < 0) std::abort();
  close(file);
  Write(bytes);
}

TemporaryFile::~TemporaryFile() { std::remove(path_.c_str()); }

void TemporaryFile::Write(const std::string& bytes) const {
  std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace lockstep::importer
