#include "support/small_graph.h"

#include <algorithm>
#include <limits>

#include "optimize/optimize.h"

namespace lockstep::testing {

using graph::TensorId;

TensorId SmallGraph::Input(const std::string& name, const graph::Shape& shape) {
  graph.inputs.push_back(graph.AddTensor({name, graph::ElementType::kFloat, shape, std::nullopt}));
  return graph.inputs.back();
}

TensorId SmallGraph::Floats(const graph::Shape& shape, const std::vector<float>& values) {
  return graph.AddTensor(
      {graph.UniqueName("constant"), graph::ElementType::kFloat, shape, graph::ConstantData{values, {}}});
}

TensorId SmallGraph::Random(const graph::Shape& shape, float low, float high) {
  std::vector<float> values;
  for (int64_t i = 0; i < graph::ElementCount(shape); ++i) {
    values.push_back(low + (high - low) * static_cast<float>(random_() % 10001) / 10000.0F);
  }
  return Floats(shape, values);
}

TensorId SmallGraph::Ints(const std::vector<int64_t>& values) {
  return graph.AddTensor({graph.UniqueName("integers"),
                          graph::ElementType::kInt64,
                          {static_cast<int64_t>(values.size())},
                          graph::ConstantData{{}, values}});
}

std::vector<TensorId> SmallGraph::AddMany(const std::string& op, const std::vector<TensorId>& inputs, size_t outputs,
                                          const std::map<std::string, graph::Attribute>& attributes) {
  graph::Node node;
  node.op = op;
  node.name = op + "_" + std::to_string(count_++);
  node.inputs = inputs;
  node.attributes = attributes;
  node.onnx_nodes = {node.name};
  for (size_t i = 0; i < outputs; ++i) {
    const std::string name = i == 0 ? node.name : node.name + ":" + std::to_string(i);
    node.outputs.push_back(graph.AddTensor({name, graph::ElementType::kFloat, graph::kUnknownShape, std::nullopt}));
  }
  graph.nodes.push_back(node);
  return node.outputs;
}

TensorId SmallGraph::Add(const std::string& op, const std::vector<TensorId>& inputs,
                         const std::map<std::string, graph::Attribute>& attributes) {
  return AddMany(op, inputs, 1, attributes)[0];
}

TensorId SmallGraph::Conv(TensorId x, int64_t in, int64_t out, int64_t kernel,
                          std::map<std::string, graph::Attribute> attributes) {
  const auto group = attributes.find("group");
  const int64_t groups = group == attributes.end() ? 1 : std::get<int64_t>(group->second);
  const TensorId weights = Random({out, in / groups, kernel, kernel});
  const TensorId bias = Random({out});
  return Add("Conv", {x, weights, bias}, attributes);
}

graph::Graph SmallGraph::Finish(const std::vector<TensorId>& outputs) {
  graph.outputs = outputs;
  optimize::InferShapes(graph);
  return graph;
}

std::vector<float> NormalWeights(size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0.0F, 0.4F);
  std::vector<float> values(count);
  for (float& value : values) value = normal(random);
  return values;
}

std::string Operators(const graph::Graph& graph) {
  std::string text;
  for (const graph::Node& node : graph.nodes) {
    text += (text.empty() ? "" : " ") + node.op;
    if (node.activation.kind != graph::ActivationKind::kNone) {
      text += std::string("+") + graph::ActivationName(node.activation.kind);
    }
  }
  return text;
}

double LargestOutputDifference(const graph::Graph& a, const graph::Graph& b) {
  double largest = a.outputs.size() == b.outputs.size() ? 0.0 : std::numeric_limits<double>::infinity();
  for (uint32_t seed = 1; seed <= 3; ++seed) {
    const PlainTensors inputs = RandomInputs(a, seed);
    const PlainTensors from_a = EvaluatePlain(a, inputs);
    const PlainTensors from_b = EvaluatePlain(b, inputs);
    for (const TensorId id : a.outputs) {
      const std::string& name = a.tensor(id).name;
      if (from_b.count(name) == 0) return std::numeric_limits<double>::infinity();
      largest = std::max(largest, LargestDifference(from_a.at(name), from_b.at(name)));
    }
  }
  return largest;
}

}  // namespace lockstep::testing
