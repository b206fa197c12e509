#include "quantize/simulation.h"

#include <map>
#include <string>
#include <utility>

#include "graph/error.h"
#include "quantize/operator_classes.h"

namespace lockstep::quantize {
namespace {

size_t Index(graph::TensorId id) { return static_cast<size_t>(id); }

graph::TensorId AddTensor(graph::Graph& graph, const std::string& name, const graph::Shape& shape) {
  graph::Tensor tensor;
  tensor.name = graph.UniqueName(name);
  tensor.shape = shape;
  return graph.AddTensor(std::move(tensor));
}

// Floats of a constant that only this node has.
std::vector<float>& OwnConstant(graph::Graph& graph, graph::Node& node, size_t operand, const graph::Shape& shape) {
  if (node.inputs.size() <= operand) node.inputs.resize(operand + 1, graph::kNoTensor);
  graph::ConstantData data;
  if (node.inputs[operand] != graph::kNoTensor) data = *graph.tensor(node.inputs[operand]).constant;
  const graph::TensorId id = AddTensor(graph, node.name + "/operand" + std::to_string(operand), shape);
  node.inputs[operand] = id;
  graph.tensor(id).constant = std::move(data);
  return graph.tensor(id).constant->floats;
}

// What a slice of everything reads beside its data.
std::vector<graph::TensorId> WholeExtent(graph::Graph& graph, const std::string& name) {
  std::vector<graph::TensorId> limits;
  for (const char* part : {"/starts", "/ends", "/axes", "/steps"}) {
    const graph::TensorId id = AddTensor(graph, name + part, {0});
    graph.tensor(id).type = graph::ElementType::kInt64;
    graph.tensor(id).constant = graph::ConstantData{};
    limits.push_back(id);
  }
  return limits;
}

}  // namespace

void RequireQuantized(const std::vector<Statement>& statements, QuantizeOnly only) {
  if (only == QuantizeOnly::kAll) return;
  for (const Statement& statement : statements) {
    const Choices& choice = statement.choice;
    if (choice.floats || statement.implied) continue;
    const bool of_weights = choice.weight_bits || choice.weight_range || choice.weights_per_tensor;
    if (of_weights == (only == QuantizeOnly::kWeights) && !choice.table_input_bits) continue;
    throw UsageError(statement.source + " has no effect: quantize_only keeps " +
                     (of_weights                ? "weights"
                      : choice.table_input_bits ? "what is inside nodes"
                                                : "features") +
                     " in floats; leave it out");
  }
}

void KeepWeightsOnly(graph::Graph& graph, const WeightOptions& options) {
  // The integers do not depend on these scales; they leave the bias far more bits than a float has.
  constexpr AffineParams kFine{0x1p-20, 0, kMostBits};
  ActivationParams params;
  for (graph::TensorId id = 0; id < graph.tensor_count(); ++id) params[id] = kFine;
  std::vector<std::string> notes;  // about those scales
  const std::map<OperandKey, QuantizedWeights> weights = QuantizeWeightOperands(graph, params, options, notes);
  for (graph::Node& node : graph.nodes) {
    const int operand = TraitsOf(node).weights;
    if (operand < 0) continue;
    const auto found = weights.find({node.name, static_cast<size_t>(operand)});
    if (found == weights.end()) continue;
    const QuantizedWeights& integers = found->second;
    const auto at = static_cast<size_t>(operand);
    const graph::Shape shape = graph.tensor(node.inputs[at]).shape;
    std::vector<float>& values = OwnConstant(graph, node, at, shape);
    const std::vector<double> scales = WeightScales(node, shape, integers);
    for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(integers.values[i] * scales[i]);
    if (integers.bias.empty()) continue;
    std::vector<float>& bias = OwnConstant(graph, node, static_cast<size_t>(TraitsOf(node).bias),
                                           {static_cast<int64_t>(integers.bias.size())});
    bias.resize(integers.bias.size());
    for (size_t channel = 0; channel < bias.size(); ++channel) {
      const double unit = kFine.scale * integers.scales()[integers.scales().size() == 1 ? 0 : channel];
      bias[channel] = static_cast<float>(static_cast<double>(integers.bias[channel]) * unit);
    }
  }
}

Policy KeepFeaturesOnly(graph::Graph& graph, const Widths& widths, const RangeMethods& methods) {
  Policy policy;
  std::vector<graph::Node> nodes;
  const auto say = [&](graph::TensorId id) {
    const RangeOptions& method = methods.Of(id);
    Choices& choices = policy.tensors[id];
    choices.activation_bits = widths[Index(id)];
    choices.observer = method.kind;
    choices.percentile = method.percentile;
    choices.symmetric = method.symmetric;
  };
  const auto add_copy = [&](graph::TensorId from, graph::TensorId to) {
    graph::Node copy;
    copy.op = "Slice";
    copy.name = graph.tensor(to).name + "/quantised";
    copy.inputs = {from};
    const std::vector<graph::TensorId> limits = WholeExtent(graph, copy.name);
    copy.inputs.insert(copy.inputs.end(), limits.begin(), limits.end());
    copy.outputs = {to};
    nodes.push_back(std::move(copy));
    policy.floats.push_back(false);
  };
  std::map<graph::TensorId, graph::TensorId> copies;  // of inputs
  for (const graph::TensorId input : graph.inputs) {
    if (widths[Index(input)] == kFloatWidth) continue;
    const graph::Shape shape = graph.tensor(input).shape;
    copies[input] = AddTensor(graph, graph.tensor(input).name + "/copy", shape);
    say(input);
    add_copy(input, copies[input]);
  }
  for (graph::Node node : std::exchange(graph.nodes, {})) {
    for (graph::TensorId& input : node.inputs) {
      const auto copy = copies.find(input);
      if (copy != copies.end()) input = copy->second;
    }
    std::vector<std::pair<graph::TensorId, graph::TensorId>> made;
    for (graph::TensorId& output : node.outputs) {
      if (output == graph::kNoTensor || widths[Index(output)] == kFloatWidth) continue;
      const graph::Shape shape = graph.tensor(output).shape;
      const graph::TensorId computed = AddTensor(graph, graph.tensor(output).name + "/float", shape);
      made.emplace_back(computed, output);
      say(output);
      output = computed;
    }
    nodes.push_back(std::move(node));
    policy.floats.push_back(true);
    for (const auto& [computed, output] : made) add_copy(computed, output);
  }
  graph.nodes = std::move(nodes);
  policy.nodes.resize(graph.nodes.size());
  policy.all.observer = methods.all.kind;
  policy.all.percentile = methods.all.percentile;
  policy.all.symmetric = methods.all.symmetric;
  return policy;
}

}  // namespace lockstep::quantize
