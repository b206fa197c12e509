#include "quantize/derivation.h"

#include <stdexcept>

#include "quantize/operator_classes.h"

namespace lockstep::quantize {

Derivation::Derivation(const graph::Graph& graph) : graph_(graph), producer_(graph::Uses(graph).producer) {}

Derivation::Rule Derivation::RuleFor(graph::TensorId id) const {
  Rule rule;
  if (graph_.tensor(id).constant) return rule;
  const int32_t producer = producer_[static_cast<size_t>(id)];
  if (producer < 0) {
    rule.observed = true;
    return rule;
  }
  const graph::Node& node = graph_.nodes[static_cast<size_t>(producer)];
  const graph::Activation lookup = graph::ActivationOf(graph_, node);
  if (NeedsTable(node.activation)) {
    rule.inputs = {node.pre_activation};
    rule.function = [activation = node.activation](double x) { return graph::Evaluate(activation, x); };
  } else if (lookup.kind != graph::ActivationKind::kNone) {
    rule.inputs = {node.inputs[0]};
    rule.function = [lookup](double x) { return graph::Evaluate(lookup, x); };
  } else if (SharesScale(node)) {
    rule.inputs = {node.inputs[0]};
  } else if (node.op == "Concat") {
    rule.inputs = node.inputs;
  } else {
    rule.observed = true;
  }
  return rule;
}

std::set<graph::TensorId> Derivation::Sources(const std::set<graph::TensorId>& wanted) const {
  std::set<graph::TensorId> sources;
  std::set<graph::TensorId> seen;
  std::vector<graph::TensorId> open(wanted.begin(), wanted.end());
  while (!open.empty()) {
    const graph::TensorId id = open.back();
    open.pop_back();
    if (!seen.insert(id).second) continue;
    const Rule rule = RuleFor(id);
    if (rule.observed) sources.insert(id);
    open.insert(open.end(), rule.inputs.begin(), rule.inputs.end());
  }
  return sources;
}

TensorStatistics Derivation::Of(graph::TensorId id, const Statistics& observed) const {
  const auto seen = observed.find(id);
  if (seen != observed.end()) return seen->second;
  TensorStatistics statistics;
  const graph::Tensor& tensor = graph_.tensor(id);
  if (tensor.constant) {
    statistics.Observe(tensor.constant->floats);
    return statistics;
  }
  const Rule rule = RuleFor(id);
  if (rule.observed) throw std::logic_error("tensor " + tensor.name + " was not observed");
  const std::set<graph::TensorId> distinct(rule.inputs.begin(), rule.inputs.end());
  for (const graph::TensorId input : distinct) statistics.Merge(Of(input, observed));
  return rule.function ? statistics.Map(rule.function) : statistics;
}

}  // namespace lockstep::quantize
