#include "shrink.h"

#include <algorithm>
#include <exception>
#include <filesystem>

#include "import/onnx_export.h"
#include "random_graph.h"

namespace lockstep::test {
namespace {

using graph::Graph;
using graph::Node;
using graph::TensorId;

bool Holds(const Fails& fails, const Graph& graph) {
  try {
    return fails(graph);
  } catch (const std::exception&) {
    return false;
  }
}

Graph Tidy(Graph graph) {
  graph::SortAndPrune(graph);
  const graph::Uses uses(graph);
  const auto unused = [&](TensorId id) {
    return uses.consumers[static_cast<size_t>(id)].empty() && !uses.is_output[static_cast<size_t>(id)];
  };
  graph.inputs.erase(std::remove_if(graph.inputs.begin(), graph.inputs.end(), unused), graph.inputs.end());
  return graph;
}

Graph WithoutOutput(const Graph& graph, TensorId output) {
  Graph changed = graph;
  changed.outputs.erase(std::find(changed.outputs.begin(), changed.outputs.end(), output));
  return Tidy(std::move(changed));
}

Graph WithOutput(const Graph& graph, TensorId output) {
  Graph changed = graph;
  changed.outputs = {output};
  return Tidy(std::move(changed));
}

// Without the node: its readers take its first input.
Graph Without(const Graph& graph, size_t node) {
  Graph changed = graph;
  const TensorId from = graph.nodes[node].outputs[0];
  const TensorId to = graph.nodes[node].inputs[0];
  for (Node& reader : changed.nodes) std::replace(reader.inputs.begin(), reader.inputs.end(), from, to);
  std::replace(changed.outputs.begin(), changed.outputs.end(), from, to);
  return Tidy(std::move(changed));
}

// What makes the tensor is gone, and it is an input.
Graph WithInput(const Graph& graph, TensorId input) {
  Graph changed = graph;
  changed.nodes.erase(std::remove_if(changed.nodes.begin(), changed.nodes.end(),
                                     [&](const Node& node) { return node.outputs[0] == input; }),
                      changed.nodes.end());
  changed.inputs.push_back(input);
  return Tidy(std::move(changed));
}

// Every change that could make it smaller, the largest ones first.
template <typename Try>
bool TryAll(const Graph& graph, Try attempt) {
  for (const TensorId output : graph.outputs) {
    if (graph.outputs.size() > 1 && attempt(WithOutput(graph, output))) return true;
  }
  for (const TensorId output : graph.outputs) {
    if (graph.outputs.size() > 2 && attempt(WithoutOutput(graph, output))) return true;
  }
  for (const Node& node : graph.nodes) {
    const bool already = graph.outputs.size() == 1 && graph.outputs[0] == node.outputs[0];
    if (!already && attempt(WithOutput(graph, node.outputs[0]))) return true;
  }
  for (size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    const graph::Tensor& output = graph.tensor(node.outputs[0]);
    const bool alone = node.outputs.size() == 1 && output.type == graph::ElementType::kFloat;
    if (alone && attempt(WithInput(graph, node.outputs[0]))) return true;
  }
  for (size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    const graph::Tensor& input = graph.tensor(node.inputs[0]);
    const bool alike = !input.constant && input.shape == graph.tensor(node.outputs[0]).shape;
    if (alike && node.outputs.size() == 1 && attempt(Without(graph, i))) return true;
  }
  return false;
}

}  // namespace

Graph Shrink(Graph graph, const Fails& fails) {
  const auto attempt = [&](Graph smaller) {
    if (smaller.nodes.empty() || smaller.nodes.size() >= graph.nodes.size()) return false;
    if (!Holds(fails, smaller)) return false;
    graph = std::move(smaller);
    return true;
  };
  while (TryAll(Graph(graph), attempt)) {
  }
  return graph;
}

std::string SaveSmallest(uint32_t seed, const Fails& fails) {
  const Graph smallest = Shrink(RandomGraph(seed), fails);
  const std::filesystem::path folder = "random_failures";
  std::filesystem::create_directories(folder);
  const std::filesystem::path path = folder / ("seed" + std::to_string(seed) + ".onnx");
  importer::ExportOnnx(smallest, path.string());
  std::string operators;
  for (const Node& node : smallest.nodes) operators += " " + node.op;
  return "seed " + std::to_string(seed) + ": the smallest network that fails is " +
         std::filesystem::absolute(path).string() + " (" + std::to_string(smallest.nodes.size()) +
         " nodes:" + operators + ")";
}

}  // namespace lockstep::test
