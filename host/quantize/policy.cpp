#include "quantize/policy.h"

#include <algorithm>

#include "graph/error.h"
#include "graph/quoted.h"
#include "quantize/operator_classes.h"

namespace lockstep::quantize {
namespace {

// What a statement says, for messages.
std::string TextOf(const Choices& choice) {
  if (choice.floats) return *choice.floats ? "in floats" : "quantised";
  if (choice.observer) return std::string("observer ") + ToText(*choice.observer);
  if (choice.percentile) return "percentile " + std::to_string(*choice.percentile);
  if (choice.symmetric) return *choice.symmetric ? "symmetric" : "asymmetric";
  if (choice.weight_range) return std::string("weight range ") + ToText(*choice.weight_range);
  if (choice.weights_per_tensor) return *choice.weights_per_tensor ? "one weight scale" : "weight scales per channel";
  if (choice.weight_bits) return std::to_string(*choice.weight_bits) + " bits";
  return std::to_string(choice.activation_bits.value_or(choice.table_input_bits.value_or(0))) + " bits";
}

// Of each node (or tensor) the statement that decides; the ranks are the scopes' kinds.
class Deciders {
 public:
  Deciders(const std::vector<Statement>& statements, size_t count) : statements_(statements), by_place_(count, -1) {}

  template <typename Value>
  void Add(size_t statement, size_t place, std::optional<Value> Choices::*choice, const std::string& named) {
    int& decider = by_place_[place];
    if (decider >= 0) {
      const Statement& other = statements_[static_cast<size_t>(decider)];
      const Statement& mine = statements_[statement];
      if (other.scope.kind == mine.scope.kind && *(other.choice.*choice) != *(mine.choice.*choice)) {
        throw UsageError(mine.source + ": " + named + " is named both with " + TextOf(other.choice) + " (" +
                         other.source + ") and with " + TextOf(mine.choice) + "; leave one out");
      }
      if (other.scope.kind == mine.scope.kind) return;
    }
    decider = static_cast<int>(statement);
  }
  const std::vector<int>& by_place() const { return by_place_; }

 private:
  const std::vector<Statement>& statements_;
  std::vector<int> by_place_;
};

// The statements from the widest scope to the narrowest.
std::vector<size_t> WidestFirst(const std::vector<Statement>& statements) {
  std::vector<size_t> order(statements.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return statements[a].scope.kind < statements[b].scope.kind; });
  return order;
}

template <typename Value>
void ResolveChoice(const graph::Graph& graph, const std::vector<Statement>& statements,
                   std::optional<Value> Choices::*choice, Policy& policy, std::vector<bool>& in_force) {
  Deciders nodes(statements, graph.nodes.size());
  Deciders tensors(statements, static_cast<size_t>(graph.tensor_count()));
  for (const size_t i : WidestFirst(statements)) {
    if (!(statements[i].choice.*choice)) continue;
    const Matched& matched = statements[i].matched;
    for (const size_t node : matched.nodes) nodes.Add(i, node, choice, "node '" + graph.nodes[node].name + "'");
    for (const graph::TensorId id : matched.tensors) {
      tensors.Add(i, static_cast<size_t>(id), choice, "tensor '" + graph.tensor(id).name + "'");
    }
    if (statements[i].scope.kind == Scope::Kind::kAll) policy.all.*choice = statements[i].choice.*choice;
  }
  for (size_t node = 0; node < graph.nodes.size(); ++node) {
    const int decider = nodes.by_place()[node];
    if (decider < 0) continue;
    const Statement& statement = statements[static_cast<size_t>(decider)];
    in_force[static_cast<size_t>(decider)] = true;
    if (statement.scope.kind != Scope::Kind::kAll) policy.nodes[node].*choice = statement.choice.*choice;
  }
  for (graph::TensorId id = 0; id < graph.tensor_count(); ++id) {
    const int decider = tensors.by_place()[static_cast<size_t>(id)];
    if (decider < 0) continue;
    in_force[static_cast<size_t>(decider)] = true;
    policy.tensors[id].*choice = statements[static_cast<size_t>(decider)].choice.*choice;
  }
}

bool Carries(const graph::Node& node) { return IsView(node) || node.op == "Concat"; }

FloatNodes ChooseFloats(const graph::Graph& graph, const Policy& policy) {
  const graph::Uses uses(graph);
  FloatNodes floats(graph.nodes.size(), false);
  const auto reads_float = [&](graph::TensorId id) {
    const int32_t producer = id == graph::kNoTensor ? -1 : uses.producer[static_cast<size_t>(id)];
    return producer >= 0 && floats[static_cast<size_t>(producer)];
  };
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const graph::Node& node = graph.nodes[i];
    floats[i] = policy.For(i, &Choices::floats).value_or(false) || TraitsOf(node).in_floats;
    if (policy.SaidOf(i, &Choices::floats) || !Carries(node)) continue;
    const auto counts = [&](graph::TensorId id) { return id != graph::kNoTensor && !graph.tensor(id).constant; };
    const bool any = std::any_of(node.inputs.begin(), node.inputs.end(), counts);
    const bool all = std::all_of(node.inputs.begin(), node.inputs.end(),
                                 [&](graph::TensorId id) { return !counts(id) || reads_float(id); });
    if (any && all) floats[i] = true;
  }
  return floats;
}

}  // namespace

std::vector<Statement> MatchAll(const graph::Graph& graph, const PolicySettings& settings) {
  std::vector<Statement> statements;
  for (const Rule& rule : settings) {
    for (const Scope& scope : rule.scopes) {
      const Matched matched = Match(graph, scope, rule.source);
      ForEachChoice([&](const char*, auto choice) {
        if (!(rule.choices.*choice)) return;
        Choices one;
        one.*choice = rule.choices.*choice;
        statements.push_back({rule.source, scope, one, matched, rule.implied});
      });
    }
  }
  return statements;
}

Policy Resolve(const graph::Graph& graph, const std::vector<Statement>& statements, std::vector<bool>* in_force) {
  Policy policy;
  policy.nodes.resize(graph.nodes.size());
  std::vector<bool> decides(statements.size(), false);
  ForEachChoice([&](const char*, auto choice) { ResolveChoice(graph, statements, choice, policy, decides); });
  policy.floats = ChooseFloats(graph, policy);
  if (in_force != nullptr) *in_force = decides;
  return policy;
}

}  // namespace lockstep::quantize
