#include "sensitivity/raise.h"

#include <algorithm>
#include <set>

namespace lockstep::sensitivity {

using quantize::QuantizedGraph;

namespace {

// 12 bits in front of a table leave 1/256 of the error energy for a table of 4096 entries.
constexpr int kTableInputBits = 12;
constexpr int kOutputBits = 16;

double ErrorOf(const std::vector<Trial>& trials) {
  double error = 0.0;
  for (const Trial& trial : trials) error += analyze::ErrorShare(trial.outputs);
  return error;
}

// Of weights and activations; what is in front of a table is never in memory.
int64_t BytesOf(const QuantizedGraph& quantized) {
  std::set<graph::TensorId> before_tables;
  for (const graph::Node& node : quantized.graph.nodes) before_tables.insert(node.pre_activation);
  int64_t bytes = 0;
  for (const auto& [id, format] : quantized.formats) {
    if (quantized.graph.tensor(id).constant || before_tables.count(id) != 0) continue;
    bytes += graph::ElementCount(quantized.graph.tensor(id).shape) * format.bytes();
  }
  for (const auto& [operand, weights] : quantized.weights) {
    bytes += static_cast<int64_t>(weights.values.size()) * weights.format.bytes();
  }
  return bytes;
}

const graph::Node& NodeOf(const graph::Graph& graph, const std::string& name) {
  return *std::find_if(graph.nodes.begin(), graph.nodes.end(),
                       [&](const graph::Node& node) { return node.name == name; });
}

int BitsOf(const QuantizedGraph& quantized, graph::TensorId id) { return quantized.formats.at(id).bits; }

}  // namespace

quantize::Rule RuleOf(const graph::Graph& graph, const std::string& node, Part part, int bits,
                      const std::string& source) {
  quantize::Rule rule{source, {{quantize::Scope::Kind::kNode, node}}, {}};
  if (part == Part::kTableInput) {
    rule.choices.table_input_bits = bits;
  } else if (part == Part::kWeights) {
    rule.choices.weight_bits = bits;
  } else {
    rule.scopes = {{quantize::Scope::Kind::kTensor, graph.tensor(NodeOf(graph, node).outputs[0]).name}};
    rule.choices.activation_bits = bits;
  }
  return rule;
}

bool IsWide(const QuantizedGraph& quantized, const graph::Node& node, Part part) {
  return part == Part::kTableInput ? BitsOf(quantized, node.pre_activation) >= kTableInputBits
                                   : BitsOf(quantized, node.outputs[0]) > 8;
}

namespace {

Raise OfTableInput(const QuantizedGraph& quantized, const Trial& trial) {
  const graph::Node& node = NodeOf(quantized.graph, trial.node);
  const int64_t entries = (int64_t{1} << kTableInputBits) - (int64_t{1} << BitsOf(quantized, node.pre_activation));
  return {trial.node, true, kTableInputBits, entries * quantized.formats.at(node.outputs[0]).bytes(),
          analyze::ErrorShare(trial.outputs)};
}

Raise OfOutput(const QuantizedGraph& quantized, const Trial& trial) {
  const graph::TensorId id = NodeOf(quantized.graph, trial.node).outputs[0];
  return {trial.node, false, kOutputBits, graph::ElementCount(quantized.graph.tensor(id).shape),
          analyze::ErrorShare(trial.outputs)};
}

}  // namespace

RaisePlan PlanRaises(const QuantizedGraph& quantized, const std::vector<Trial>& trials,
                     const std::map<std::string, analyze::Metrics>& weights, const RaiseLimits& limits) {
  RaisePlan plan;
  plan.weights_error = analyze::ErrorShare(weights);
  plan.error_before = ErrorOf(trials);
  plan.error_after = plan.error_before;
  plan.bytes_before = BytesOf(quantized);

  std::vector<Raise> candidates;
  for (const Trial& trial : trials) {
    if (IsWide(quantized, NodeOf(quantized.graph, trial.node), trial.part)) continue;
    candidates.push_back(trial.part == Part::kTableInput ? OfTableInput(quantized, trial) : OfOutput(quantized, trial));
  }
  std::stable_sort(candidates.begin(), candidates.end(), [](const Raise& a, const Raise& b) {
    return a.error * static_cast<double>(b.bytes) > b.error * static_cast<double>(a.bytes);
  });
  const auto most = static_cast<int64_t>(limits.bytes * static_cast<double>(plan.bytes_before));
  for (const Raise& raise : candidates) {
    if (plan.error_after <= limits.near_weights * plan.weights_error) break;
    if (raise.error < limits.least_gain * plan.error_before || plan.bytes_added + raise.bytes > most) continue;
    plan.raises.push_back(raise);
    plan.error_after -= raise.error;
    plan.bytes_added += raise.bytes;
  }
  return plan;
}

}  // namespace lockstep::sensitivity
