#include "import/onnx_export.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <set>

#include "graph/error.h"
#include "import/class_names.h"
#include "import/expand_activations.h"
#include "import/onnx_tensor.h"
#include "import/opset_normalize.h"

namespace lockstep::importer {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::TensorId;

constexpr int64_t kIrVersion = 8;
constexpr const char* kSourceDigestKey = "lockstep_source_digest";

void WriteInfo(const graph::Tensor& tensor, int64_t onnx_type, onnx::ValueInfoProto& info) {
  info.set_name(tensor.name);
  auto& type = *info.mutable_type()->mutable_tensor_type();
  type.set_elem_type(static_cast<int32_t>(onnx_type));
  if (tensor.shape == graph::kUnknownShape) return;
  auto& shape = *type.mutable_shape();
  for (const int64_t dimension : tensor.shape) {
    auto* written = shape.add_dim();
    if (dimension >= 0) written->set_dim_value(dimension);
  }
}

void WriteAttribute(const Node& node, const std::string& key, const graph::Attribute& value,
                    onnx::AttributeProto& proto) {
  proto.set_name(key);
  if (const auto* number = std::get_if<int64_t>(&value)) {
    proto.set_type(onnx::AttributeProto::INT);
    proto.set_i(*number);
  } else if (const auto* real = std::get_if<float>(&value)) {
    proto.set_type(onnx::AttributeProto::FLOAT);
    proto.set_f(*real);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    proto.set_type(onnx::AttributeProto::STRING);
    proto.set_s(*text);
  } else if (const auto* ints = std::get_if<std::vector<int64_t>>(&value)) {
    proto.set_type(onnx::AttributeProto::INTS);
    for (const int64_t entry : *ints) proto.add_ints(entry);
  } else if (const auto* reals = std::get_if<std::vector<float>>(&value)) {
    proto.set_type(onnx::AttributeProto::FLOATS);
    for (const float entry : *reals) proto.add_floats(entry);
  } else if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
    proto.set_type(onnx::AttributeProto::STRINGS);
    for (const std::string& entry : *texts) proto.add_strings(entry);
  } else {
    const auto& data = std::get<graph::ConstantData>(value);
    const graph::ElementType type = graph::FromOnnxType(node.Int(key + "_type", graph::kOnnxFloat));
    const auto count = static_cast<int64_t>(data.floats.size() + data.ints.size());
    proto.set_type(onnx::AttributeProto::TENSOR);
    WriteTensor({"", type, {count}, data}, *proto.mutable_t());
  }
}

// The normal form says what ONNX says, but for these.
void ToOpset17(const Graph& graph, Node& node, onnx::GraphProto& proto, std::vector<std::string>& inputs) {
  for (const char* key : {"value_type", "antialias", "keep_aspect_ratio_policy"}) node.attributes.erase(key);
  if (node.op == "NonMaxSuppression") node.attributes.erase("padded");
  const std::vector<int64_t> dilations = node.Ints("dilations", {});
  const bool dense = std::all_of(dilations.begin(), dilations.end(), [](int64_t step) { return step == 1; });
  if (node.op == "AveragePool" && dense) node.attributes.erase("dilations");  // opset 19 brought them
  if (node.op != "ReduceSum" || node.attributes.count("axes") == 0) return;
  const std::vector<int64_t> axes = node.Ints("axes", {});
  node.attributes.erase("axes");
  const std::string name = graph.UniqueName(node.name + "_axes");
  WriteTensor({name, graph::ElementType::kInt64, {static_cast<int64_t>(axes.size())}, graph::ConstantData{{}, axes}},
              *proto.add_initializer());
  inputs.push_back(name);
}

void WriteNode(const Graph& graph, Node node, onnx::GraphProto& proto) {
  const auto name_of = [&graph](TensorId id) { return id == kNoTensor ? std::string() : graph.tensor(id).name; };
  const Node full = node;
  std::vector<std::string> inputs;
  for (const TensorId id : node.inputs) inputs.push_back(name_of(id));
  ToOpset17(graph, node, proto, inputs);
  onnx::NodeProto& written = *proto.add_node();
  written.set_name(node.name);
  const size_t dot = node.op.rfind('.');
  if (dot != std::string::npos) written.set_domain(node.op.substr(0, dot));
  written.set_op_type(dot == std::string::npos ? node.op : node.op.substr(dot + 1));
  for (const std::string& input : inputs) written.add_input(input);
  for (const TensorId id : node.outputs) written.add_output(name_of(id));
  for (const auto& [key, value] : node.attributes) WriteAttribute(full, key, value, *written.add_attribute());
}

void WriteOpsets(const Graph& graph, onnx::ModelProto& model) {
  std::set<std::string> domains;
  for (const Node& node : graph.nodes) {
    const size_t dot = node.op.rfind('.');
    if (dot != std::string::npos) domains.insert(node.op.substr(0, dot));
  }
  const auto add = [&](const std::string& domain, int64_t version) {
    onnx::OperatorSetIdProto& opset = *model.add_opset_import();
    opset.set_domain(domain);
    opset.set_version(version);
  };
  add("", kNormalOpset);
  for (const std::string& domain : domains) add(domain, 1);
}

onnx::ModelProto ToProto(const Graph& graph, const NarrowTypes& narrow) {
  onnx::ModelProto model;
  model.set_ir_version(kIrVersion);
  model.set_producer_name("lockstep");
  WriteOpsets(graph, model);
  onnx::GraphProto& proto = *model.mutable_graph();
  proto.set_name(graph.name.empty() ? "graph" : graph.name);
  const auto type_of = [&](TensorId id) {
    const auto found = narrow.find(id);
    return found == narrow.end() ? graph::ToOnnxType(graph.tensor(id).type) : found->second;
  };
  const auto write_info = [&](TensorId id, onnx::ValueInfoProto& info) {
    WriteInfo(graph.tensor(id), type_of(id), info);
  };
  for (const TensorId id : graph.inputs) write_info(id, *proto.add_input());
  for (const TensorId id : graph.outputs) write_info(id, *proto.add_output());

  std::set<TensorId> known(graph.outputs.begin(), graph.outputs.end());
  std::set<TensorId> constants;
  const auto write_constant = [&](TensorId id) {
    if (id == kNoTensor || !graph.tensor(id).constant || !constants.insert(id).second) return;
    onnx::TensorProto& written = *proto.add_initializer();
    narrow.count(id) != 0 ? WriteNarrowTensor(graph.tensor(id), type_of(id), written)
                          : WriteTensor(graph.tensor(id), written);
  };
  for (const Node& node : graph.nodes) {
    for (const TensorId id : node.inputs) write_constant(id);
    WriteNode(graph, node, proto);
    for (const TensorId id : node.outputs) {
      if (id != kNoTensor && known.insert(id).second) write_info(id, *proto.add_value_info());
    }
  }
  for (const TensorId id : graph.outputs) write_constant(id);
  return model;
}

}  // namespace

std::string SerializeOnnx(const Graph& graph, const std::string& source_digest, const NarrowTypes& narrow,
                          const std::string& class_names) {
  onnx::ModelProto model = ToProto(ExpandActivations(graph), narrow);
  const auto add = [&](const char* key, const std::string& value) {
    if (value.empty()) return;
    onnx::StringStringEntryProto& entry = *model.add_metadata_props();
    entry.set_key(key);
    entry.set_value(value);
  };
  add(kSourceDigestKey, source_digest);
  add(kClassNamesKey, class_names);
  std::string bytes;
  if (model.SerializeToString(&bytes)) return bytes;
  throw UnsupportedModel("the network " + graph.name + " is larger than the 2 GiB of an ONNX file; use a smaller one");
}

void ExportOnnx(const Graph& graph, const std::string& path, const std::string& source_digest) {
  const std::string bytes = SerializeOnnx(graph, source_digest);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (!file) throw BadInput("cannot write '" + path + "': " + std::strerror(errno) + "; check the path");
  file << bytes;
  file.close();
  if (file) return;
  const std::string reason = std::strerror(errno);
  std::remove(path.c_str());
  throw BadInput("cannot write '" + path + "': " + reason + "; free some space");
}

std::string ExportedSourceDigest(const std::string& path) { return MetadataOf(path, kSourceDigestKey); }

}  // namespace lockstep::importer
