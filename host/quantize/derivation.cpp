#include "quantize/derivation.h"

#include <algorithm>
#include <stdexcept>

#include "quantize/operator_classes.h"
#include "quantize/pad_values.h"

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
  const bool partial = graph::BehaviourOf(lookup.kind) == graph::Behaviour::kPartial;
  if (NeedsTable(node.activation)) {
    rule.inputs = {node.pre_activation};
    rule.function = [activation = node.activation](double x) { return graph::Evaluate(activation, x); };
  } else if (lookup.kind != graph::ActivationKind::kNone && !partial) {
    rule.inputs = {node.inputs[0]};
    rule.function = [lookup](double x) { return graph::Evaluate(lookup, x); };
  } else if (SharesScale(node)) {
    rule.inputs = {node.inputs[0]};
    if (PadValueOf(graph_, node)) rule.inputs.insert(node.inputs[2]);
  } else if (node.op == "Concat") {
    rule.inputs.insert(node.inputs.begin(), node.inputs.end());
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

std::map<graph::TensorId, Derivation::Rule> Derivation::RulesFor(const std::set<graph::TensorId>& wanted,
                                                                 const Statistics& observed) const {
  std::map<graph::TensorId, Rule> rules;
  std::vector<graph::TensorId> open(wanted.begin(), wanted.end());
  while (!open.empty()) {
    const graph::TensorId id = open.back();
    open.pop_back();
    if (rules.count(id) != 0) continue;
    Rule& rule = rules[id];
    if (observed.count(id) != 0) continue;
    rule = RuleFor(id);
    if (rule.observed) throw std::logic_error("tensor " + graph_.tensor(id).name + " was not observed");
    open.insert(open.end(), rule.inputs.begin(), rule.inputs.end());
  }
  return rules;
}

std::vector<std::vector<graph::TensorId>> Derivation::Steps(const std::map<graph::TensorId, Rule>& rules) const {
  std::vector<graph::TensorId> order;
  order.reserve(rules.size());
  for (const auto& [id, rule] : rules) order.push_back(id);
  std::stable_sort(order.begin(), order.end(), [this](graph::TensorId a, graph::TensorId b) {
    return producer_[static_cast<size_t>(a)] < producer_[static_cast<size_t>(b)];
  });
  std::map<graph::TensorId, size_t> step_of;
  std::vector<std::vector<graph::TensorId>> steps;
  for (const graph::TensorId id : order) {
    size_t step = 0;
    for (const graph::TensorId input : rules.at(id).inputs) step = std::max(step, step_of.at(input) + 1);
    step_of[id] = step;
    if (steps.size() <= step) steps.resize(step + 1);
    steps[step].push_back(id);
  }
  return steps;
}

void Derivation::Derive(const std::set<graph::TensorId>& wanted, const Statistics& observed, int threads,
                        const Take& take) const {
  const std::map<graph::TensorId, Rule> rules = RulesFor(wanted, observed);
  std::map<graph::TensorId, int> readers;
  for (const auto& [id, rule] : rules) {
    for (const graph::TensorId input : rule.inputs) ++readers[input];
  }
  Statistics derived;
  const auto known = [&](graph::TensorId id) -> const TensorStatistics& {
    const auto seen = observed.find(id);
    return seen != observed.end() ? seen->second : derived.at(id);
  };
  const auto derive = [&](graph::TensorId id) {
    TensorStatistics statistics;
    const graph::Tensor& tensor = graph_.tensor(id);
    if (tensor.constant) statistics.Observe(tensor.constant->floats);
    const Rule& rule = rules.at(id);
    for (const graph::TensorId input : rule.inputs) statistics.Merge(known(input));
    return rule.function ? statistics.Map(rule.function) : statistics;
  };
  for (const std::vector<graph::TensorId>& step : Steps(rules)) {
    std::vector<TensorStatistics> results(step.size());
    const auto count = static_cast<int>(step.size());
#pragma omp parallel for num_threads(threads) schedule(dynamic)
    for (int i = 0; i < count; ++i) {
      const auto at = static_cast<size_t>(i);
      if (observed.count(step[at]) == 0) results[at] = derive(step[at]);
    }
    for (size_t i = 0; i < step.size(); ++i) {
      const graph::TensorId id = step[i];
      if (observed.count(id) == 0) derived[id] = std::move(results[i]);
      if (wanted.count(id) != 0) take(id, known(id));
      for (const graph::TensorId input : rules.at(id).inputs) {
        if (--readers[input] == 0) derived.erase(input);
      }
      if (readers[id] == 0) derived.erase(id);
    }
  }
}

}  // namespace lockstep::quantize
