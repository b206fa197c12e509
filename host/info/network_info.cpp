// What is in an ONNX network.
#include <map>
#include <numeric>
#include <set>

#include "import/onnx_import.h"
#include "info/blockers.h"
#include "info/model_info.h"
#include "info/node_costs.h"
#include "optimize/take_quantization.h"

namespace lockstep::info {
namespace {

using graph::Graph;
using graph::kNoTensor;
using graph::TensorId;
using nlohmann::ordered_json;

const char* DTypeText(graph::ElementType type) {
  if (type == graph::ElementType::kBool) return "bool";
  return type == graph::ElementType::kInt64 ? "s64" : "f32";
}

// null where nothing is known; a dimension that is open is null too.
ordered_json ShapeJson(const graph::Shape& shape) {
  if (shape == graph::kUnknownShape) return nullptr;
  ordered_json json = ordered_json::array();
  for (const int64_t extent : shape) json.push_back(extent < 0 ? ordered_json() : ordered_json(extent));
  return json;
}

// With the keys of a dump's manifest.
ordered_json DescribeTensor(const graph::Tensor& tensor) {
  std::vector<int> axes(tensor.shape == graph::kUnknownShape ? 0 : tensor.shape.size());
  std::iota(axes.begin(), axes.end(), 0);
  return {{"name", tensor.name},
          {"dtype", DTypeText(tensor.type)},
          {"shape", ShapeJson(tensor.shape)},
          {"axes", axes},
          {"constant", tensor.constant.has_value()}};
}

ordered_json DescribeInterface(const Graph& graph, const std::vector<TensorId>& ids) {
  ordered_json list = ordered_json::array();
  for (const TensorId id : ids) {
    list.push_back(DescribeTensor(graph.tensor(id)));
    list.back().erase("constant");
  }
  return list;
}

// How many nodes there are of each operator.
std::map<std::string, int> Operators(const Graph& graph) {
  std::map<std::string, int> operators;
  for (const graph::Node& node : graph.nodes) ++operators[node.op];
  return operators;
}

// The names of tensors; "" for one that is left out.
ordered_json Names(const Graph& graph, const std::vector<TensorId>& ids) {
  ordered_json names = ordered_json::array();
  for (const TensorId id : ids) names.push_back(id == kNoTensor ? "" : graph.tensor(id).name);
  return names;
}

ordered_json DescribeNodes(const Graph& graph) {
  ordered_json list = ordered_json::array();
  for (const graph::Node& node : graph.nodes) {
    const graph::Tensor& output = graph.tensor(node.outputs[0]);
    ordered_json json = {{"index", list.size()}, {"name", node.name}, {"op", node.op}};
    if (node.activation.kind != graph::ActivationKind::kNone) {
      json["op"] = node.op + "+" + graph::ActivationName(node.activation.kind);
    }
    json["inputs"] = Names(graph, node.inputs);
    json["outputs"] = Names(graph, node.outputs);
    json["dtype"] = DTypeText(output.type);
    json["shape"] = ShapeJson(output.shape);
    json["macs"] = MacsOf(graph, node);
    json["parameters"] = ParametersOf(graph, node);
    json["onnx_nodes"] = node.onnx_nodes;
    list.push_back(std::move(json));
  }
  return list;
}

ordered_json DescribeTensors(const Graph& graph) {
  std::vector<TensorId> ids = graph.inputs;
  for (const graph::Node& node : graph.nodes) {
    ids.insert(ids.end(), node.inputs.begin(), node.inputs.end());
    ids.insert(ids.end(), node.outputs.begin(), node.outputs.end());
  }
  std::set<TensorId> listed = {kNoTensor};
  ordered_json list = ordered_json::array();
  for (const TensorId id : ids) {
    if (listed.insert(id).second) list.push_back(DescribeTensor(graph.tensor(id)));
  }
  return list;
}

}  // namespace

ordered_json DescribeNetwork(const std::string& path, const importer::ImportOptions& options) {
  Graph graph = importer::ImportOnnx(path, options);
  ordered_json json = {{"kind", "ONNX network"}, {"name", graph.name}, {"node_count", graph.nodes.size()}};
  const std::map<std::string, int> operators = Operators(graph);
  optimize::TakeQuantization(graph);
  optimize::Optimize(graph);
  json["optimised_node_count"] = graph.nodes.size();
  json["macs"] = MacsOf(graph);
  json["parameters"] = ParametersOf(graph);
  json["inputs"] = DescribeInterface(graph, graph.inputs);
  json["outputs"] = DescribeInterface(graph, graph.outputs);
  json["operators"] = operators;
  json["optimised_operators"] = Operators(graph);
  json["blockers"] = ordered_json::array();
  for (const optimize::Blocker& blocker : FindBlockers(graph)) {
    json["blockers"].push_back({{"node", blocker.node}, {"op", blocker.op}, {"reason", blocker.reason}});
  }
  json["nodes"] = DescribeNodes(graph);
  json["tensors"] = DescribeTensors(graph);
  return json;
}

}  // namespace lockstep::info
