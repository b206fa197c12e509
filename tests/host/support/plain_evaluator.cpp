#include "support/plain_evaluator.h"

#include <cmath>
#include <limits>
#include <random>

#include "graph/error.h"
#include "ops/op_table.h"

namespace lockstep::testing {
namespace {

using graph::Graph;
using graph::kNoTensor;

ops::Value ToValue(const PlainTensor& plain, graph::ElementType type) {
  ops::Value value{type, plain.shape, {}};
  if (value.is_float()) {
    value.data.floats.assign(plain.values.begin(), plain.values.end());
  } else {
    value.data.ints.assign(plain.values.begin(), plain.values.end());
  }
  return value;
}

PlainTensor ToPlain(const ops::Value& value) {
  PlainTensor plain{value.shape, {value.data.floats.begin(), value.data.floats.end()}};
  plain.values.insert(plain.values.end(), value.data.ints.begin(), value.data.ints.end());
  return plain;
}

}  // namespace

PlainTensors EvaluatePlain(const Graph& graph, const PlainTensors& inputs) {
  std::map<graph::TensorId, ops::Value> values;
  for (graph::TensorId id = 0; id < graph.tensor_count(); ++id) {
    const graph::Tensor& tensor = graph.tensor(id);
    const auto given = inputs.find(tensor.name);
    if (given != inputs.end()) values[id] = ToValue(given->second, tensor.type);
    if (tensor.constant) values[id] = {tensor.type, tensor.shape, *tensor.constant};
  }
  for (const graph::Node& node : graph.nodes) {
    ops::ValueInputs operands;
    for (const graph::TensorId id : node.inputs) operands.push_back(id == kNoTensor ? nullptr : &values.at(id));
    ops::Results made = ops::EvaluateNode(graph, node, operands);
    if (!made) throw UnsupportedModel("node '" + node.name + "' (" + node.op + ") is not evaluated");
    if (node.activation.kind != graph::ActivationKind::kNone) {
      values[node.pre_activation] = made->at(0);
      for (float& x : made->at(0).data.floats) x = static_cast<float>(graph::Evaluate(node.activation, x));
    }
    for (size_t i = 0; i < node.outputs.size() && i < made->size(); ++i) {
      if (node.outputs[i] != kNoTensor) values[node.outputs[i]] = std::move((*made)[i]);
    }
  }
  PlainTensors all;
  for (const auto& [id, value] : values) all[graph.tensor(id).name] = ToPlain(value);
  return all;
}

PlainTensors RandomInputs(const Graph& graph, uint32_t seed) {
  std::mt19937 random(seed);
  PlainTensors inputs;
  for (const graph::TensorId id : graph.inputs) {
    PlainTensor tensor{graph.tensor(id).shape, {}};
    for (int64_t i = 0; i < graph::ElementCount(tensor.shape); ++i) {
      tensor.values.push_back(static_cast<double>(random()) / std::mt19937::max() * 4.0 - 2.0);
    }
    inputs[graph.tensor(id).name] = std::move(tensor);
  }
  return inputs;
}

double LargestDifference(const PlainTensor& a, const PlainTensor& b) {
  if (a.shape != b.shape || a.values.size() != b.values.size()) return std::numeric_limits<double>::infinity();
  double largest = 0.0;
  for (size_t i = 0; i < a.values.size(); ++i) {
    if (a.values[i] == b.values[i] || (std::isnan(a.values[i]) && std::isnan(b.values[i]))) continue;
    const double difference = std::abs(a.values[i] - b.values[i]) / (1.0 + std::abs(b.values[i]));
    if (!(difference <= largest))
      largest = std::isnan(difference) ? std::numeric_limits<double>::infinity() : difference;
  }
  return largest;
}

}  // namespace lockstep::testing
