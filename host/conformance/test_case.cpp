#include "conformance/test_case.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <vector>

#include "conformance/compare.h"
#include "engine/float/float_engine.h"
#include "engine/float/node_by_node.h"
#include "graph/error.h"
#include "graph/quoted.h"
#include "import/model_file.h"
#include "import/onnx_import.h"
#include "import/onnx_tensor.h"
#include "optimize/optimize.h"

namespace lockstep::conformance {
namespace {

namespace fs = std::filesystem;
using Values = std::map<std::string, ops::Value>;

onnx::TensorProto ReadProto(const fs::path& file) {
  onnx::TensorProto proto;
  std::ifstream stream(file, std::ios::binary);
  if (!stream || !proto.ParseFromIstream(&stream)) throw UnsupportedModel(file.string() + " holds no tensor");
  return proto;
}

// The data has the bits of BFLOAT16 as UINT16; what they are stands in the model.
ops::Value ReadValue(const fs::path& file, const onnx::ValueInfoProto& declared) {
  if (!declared.type().has_tensor_type()) throw UnsupportedModel(declared.name() + " is not a tensor");
  onnx::TensorProto proto = ReadProto(file);
  if (declared.type().tensor_type().elem_type() == onnx::TensorProto::BFLOAT16) {
    proto.set_data_type(onnx::TensorProto::BFLOAT16);
  }
  const graph::Tensor tensor = importer::ReadTensor(proto, file.filename().string(), file.string());
  return {tensor.type, tensor.shape, *tensor.constant};
}

std::vector<fs::path> DataSets(const fs::path& folder) {
  std::vector<fs::path> sets;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory()) sets.push_back(entry.path());
  }
  std::sort(sets.begin(), sets.end());
  return sets;
}

std::string OperatorOf(const onnx::ModelProto& model, const std::string& folder) {
  if (model.graph().node_size() == 1) return model.graph().node(0).op_type();
  return folder.substr(0, folder.find("_expanded"));
}

// A plan hands integers on as floats.
bool OfFloats(const graph::Graph& graph) {
  for (const auto* ids : {&graph.inputs, &graph.outputs}) {
    for (const graph::TensorId id : *ids) {
      const graph::Tensor& tensor = graph.tensor(id);
      if (tensor.type != graph::ElementType::kFloat || graph::ElementCount(tensor.shape) == 0) return false;
    }
  }
  return true;
}

Values Run(const graph::Graph& graph, const Values& inputs) {
  if (!OfFloats(graph) || !engine::FitsPlan(graph)) return engine::RunNodeByNode(graph, inputs);
  std::map<std::string, engine::FloatTensor> floats;
  for (const graph::TensorId id : graph.inputs) {
    const ops::Value& value = inputs.at(graph.tensor(id).name);
    floats[graph.tensor(id).name] = {value.shape, value.data.floats};
  }
  Values outputs;
  for (auto& [name, tensor] : engine::FloatEngine(graph, {}).Run(floats)) {
    outputs[name] = {graph::ElementType::kFloat, tensor.shape, {std::move(tensor.data), {}}};
  }
  return outputs;
}

graph::Graph Import(const fs::path& file, const Values& inputs) {
  importer::ImportOptions options;
  options.open_inputs = true;
  graph::Graph graph = importer::ImportOnnx(file.string(), options);
  for (const graph::TensorId id : graph.inputs) {
    const auto given = inputs.find(graph.tensor(id).name);
    if (given == inputs.end()) throw BadInput("the data has no input " + graph::Quoted(graph.tensor(id).name));
    graph.tensor(id).shape = given->second.shape;
  }
  optimize::InferShapes(graph);
  return graph;
}

// The data is numbered as the model has its inputs and outputs.
std::string DifferenceOf(const fs::path& file, const onnx::GraphProto& model, const fs::path& set) {
  Values inputs;
  for (int i = 0; i < model.input_size(); ++i) {
    const fs::path data = set / ("input_" + std::to_string(i) + ".pb");
    if (fs::exists(data)) inputs[model.input(i).name()] = ReadValue(data, model.input(i));
  }
  const Values outputs = Run(Import(file, inputs), inputs);
  for (int i = 0; i < model.output_size(); ++i) {
    const onnx::ValueInfoProto& output = model.output(i);
    const ops::Value recorded = ReadValue(set / ("output_" + std::to_string(i) + ".pb"), output);
    const std::string difference = Difference(outputs.at(output.name()), recorded);
    if (!difference.empty()) return "output " + graph::Quoted(output.name()) + ": " + difference;
  }
  return "";
}

}  // namespace

Result RunCase(const fs::path& folder) {
  Result result;
  result.name = folder.filename().string();
  try {
    const fs::path file = folder / "model.onnx";
    const onnx::ModelProto model = importer::ReadModel(file.string());
    result.op = OperatorOf(model, result.name);
    const std::vector<fs::path> sets = DataSets(folder);
    if (sets.empty()) throw UnsupportedModel("it has no data");
    for (const fs::path& set : sets) {
      if (result.reason.empty()) result.reason = DifferenceOf(file, model.graph(), set);
    }
    if (!result.reason.empty()) result.outcome = Outcome::kFailed;
  } catch (const UnsupportedModel& error) {
    result.outcome = Outcome::kRefused;
    result.reason = error.what();
  } catch (const Error& error) {
    result.outcome = Outcome::kFailed;
    result.reason = error.what();
  }
  return result;
}

}  // namespace lockstep::conformance
