#include "support/plain_evaluator.h"

#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>

#include "support/plain_operators.h"

namespace lockstep::testing {
namespace {

using graph::Graph;
using graph::kNoTensor;

const PlainOperator* FindOperator(const std::string& op) {
  for (const auto* table : {&PlainElementwise(), &PlainLayout(), &PlainWindows()}) {
    const auto found = table->find(op);
    if (found != table->end()) return &found->second;
  }
  return nullptr;
}

PlainTensor FromConstant(const graph::Tensor& tensor) {
  PlainTensor plain{tensor.shape, {}};
  if (tensor.type == graph::ElementType::kFloat) {
    plain.values.assign(tensor.constant->floats.begin(), tensor.constant->floats.end());
  } else {
    plain.values.assign(tensor.constant->ints.begin(), tensor.constant->ints.end());
  }
  return plain;
}

}  // namespace

std::vector<int64_t> Unravel(int64_t flat, const graph::Shape& shape) {
  std::vector<int64_t> index(shape.size());
  for (size_t i = shape.size(); i-- > 0;) {
    index[i] = flat % shape[i];
    flat /= shape[i];
  }
  return index;
}

int64_t Ravel(const std::vector<int64_t>& index, const graph::Shape& shape) {
  int64_t flat = 0;
  for (size_t i = 0; i < shape.size(); ++i) flat = flat * shape[i] + index[i];
  return flat;
}

bool PlainEvaluatorHas(const Graph& graph, const graph::Node& node) {
  if (node.op == "Resize") {
    const std::string coordinates = node.String("coordinate_transformation_mode", "half_pixel");
    return node.String("mode", "nearest") == "nearest" && coordinates.rfind("tf_", 0) != 0;
  }
  return FindOperator(node.op) != nullptr || graph::ActivationOf(graph, node).kind != graph::ActivationKind::kNone;
}

PlainTensors EvaluatePlain(const Graph& graph, const PlainTensors& inputs) {
  PlainTensors values = inputs;
  for (graph::TensorId id = 0; id < graph.tensor_count(); ++id) {
    if (graph.tensor(id).constant) values[graph.tensor(id).name] = FromConstant(graph.tensor(id));
  }
  for (const graph::Node& node : graph.nodes) {
    PlainCall call{node, {}, {}, false};
    for (const graph::TensorId id : node.inputs) {
      call.inputs.push_back(id == kNoTensor ? nullptr : &values.at(graph.tensor(id).name));
    }
    for (const graph::TensorId id : node.outputs) {
      call.shapes.push_back(id == kNoTensor ? graph::kUnknownShape : graph.tensor(id).shape);
    }
    const graph::TensorId first = node.outputs.at(0);
    call.integers = first != kNoTensor && graph.tensor(first).type != graph::ElementType::kFloat;
    std::vector<PlainTensor> made;
    const PlainOperator* known = FindOperator(node.op);
    if (known != nullptr) {
      made = (*known)(call);
    } else {
      const graph::Activation activation = graph::ActivationOf(graph, node);
      if (activation.kind == graph::ActivationKind::kNone) {
        throw std::runtime_error("the plain evaluator has no " + node.op);
      }
      made = {*call.inputs.at(0)};
      for (double& x : made[0].values) x = graph::Evaluate(activation, x);
    }
    if (node.activation.kind != graph::ActivationKind::kNone) {
      values[graph.tensor(node.pre_activation).name] = made.at(0);
      for (double& x : made[0].values) x = graph::Evaluate(node.activation, x);
    }
    for (size_t i = 0; i < node.outputs.size() && i < made.size(); ++i) {
      if (node.outputs[i] != kNoTensor) values[graph.tensor(node.outputs[i]).name] = std::move(made[i]);
    }
  }
  return values;
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
