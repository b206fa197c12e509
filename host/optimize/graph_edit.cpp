#include "optimize/graph_edit.h"

#include <algorithm>

#include "optimize/optimize.h"

namespace lockstep::optimize {

using graph::Graph;
using graph::kNoTensor;
using graph::Node;
using graph::TensorId;

int RewriteAll(Graph& graph, const std::function<bool(Graph&, const graph::Uses&, size_t)>& rewrite) {
  int count = 0;
  bool again = true;
  while (again) {
    again = false;
    graph::Uses uses(graph);
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
      if (graph.nodes[i].outputs.empty() || !rewrite(graph, uses, i)) continue;
      ++count;
      again = true;
      uses = graph::Uses(graph);
    }
    if (again) graph::SortAndPrune(graph);
  }
  if (count > 0) InferShapes(graph);
  return count;
}

void InsertNode(Graph& graph, size_t index, Node node) {
  graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(index), std::move(node));
}

void Retire(Node& node) {
  node.inputs.clear();
  node.outputs.clear();
}

void ReplaceUses(Graph& graph, TensorId from, TensorId to) {
  for (Node& node : graph.nodes) std::replace(node.inputs.begin(), node.inputs.end(), from, to);
}

void InheritNodes(Node& into, const Node& from) {
  for (const std::string& name : from.onnx_nodes) {
    if (std::find(into.onnx_nodes.begin(), into.onnx_nodes.end(), name) == into.onnx_nodes.end()) {
      into.onnx_nodes.push_back(name);
    }
  }
}

int32_t OnlyConsumer(const graph::Uses& uses, TensorId id) {
  const auto at = static_cast<size_t>(id);
  return uses.is_output[at] || uses.consumers[at].size() != 1 ? -1 : uses.consumers[at][0];
}

Node* ProducerOf(Graph& graph, const graph::Uses& uses, TensorId id) {
  if (id == kNoTensor || uses.producer[static_cast<size_t>(id)] < 0) return nullptr;
  return &graph.nodes[static_cast<size_t>(uses.producer[static_cast<size_t>(id)])];
}

TensorId AddLike(Graph& graph, const std::string& stem, TensorId like) {
  const graph::ElementType type = graph.tensor(like).type;
  const graph::Shape shape = graph.tensor(like).shape;
  return graph.AddTensor({graph.UniqueName(stem), type, shape, std::nullopt});
}

TensorId NewTensor(Graph& graph, const std::string& stem, TensorId like, const graph::Shape& shape) {
  const TensorId id = AddLike(graph, stem, like);
  graph.tensor(id).shape = shape;
  return id;
}

Node HelperNode(const Node& origin, const std::string& op, const std::string& suffix, std::vector<TensorId> inputs,
                TensorId output, std::map<std::string, graph::Attribute> attributes) {
  Node node;
  node.op = op;
  node.name = origin.name + suffix;
  node.inputs = std::move(inputs);
  node.outputs = {output};
  node.attributes = std::move(attributes);
  node.onnx_nodes = origin.onnx_nodes;
  return node;
}

Node ReshapeNode(Graph& graph, const Node& origin, const std::string& suffix, TensorId from, TensorId to) {
  const TensorId shape = AddInts(graph, origin.name + suffix + "_shape", graph::Shape(graph.tensor(to).shape));
  return HelperNode(origin, "Reshape", suffix, {from, shape}, to, {{"allowzero", int64_t{1}}});
}

bool IsReshape(const std::string& op) {
  return op == "Reshape" || op == "Flatten" || op == "Squeeze" || op == "Unsqueeze";
}

void DropUnusedTensors(Graph& graph) {
  Graph kept;
  kept.name = graph.name;
  kept.opset = graph.opset;
  kept.onnx_operators = std::move(graph.onnx_operators);
  std::vector<TensorId> moved(static_cast<size_t>(graph.tensor_count()), kNoTensor);
  const auto move = [&](TensorId& id) {
    if (id == kNoTensor) return;
    TensorId& to = moved[static_cast<size_t>(id)];
    if (to == kNoTensor) to = kept.AddTensor(std::move(graph.tensor(id)));
    id = to;
  };
  kept.inputs = graph.inputs;
  for (TensorId& id : kept.inputs) move(id);
  kept.nodes = std::move(graph.nodes);
  for (Node& node : kept.nodes) {
    for (TensorId& id : node.inputs) move(id);
    move(node.pre_activation);
    for (TensorId& id : node.outputs) move(id);
  }
  kept.outputs = graph.outputs;
  for (TensorId& id : kept.outputs) move(id);
  graph = std::move(kept);
}

}  // namespace lockstep::optimize
