#include "quantize/policy_effect.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

#include "graph/error.h"
#include "graph/quoted.h"
#include "quantize/activation_bits.h"
#include "quantize/fixed_params.h"
#include "quantize/operator_classes.h"
#include "quantize/range_methods.h"
#include "quantize/readers.h"
#include "quantize/widths.h"

namespace lockstep::quantize {
namespace {

// Bits, range and whether one scale holds for all channels.
using WeightMethod = std::tuple<int, WeightRangeKind, bool>;

// Everything that statements decide.
struct Outcome {
  FloatNodes floats;
  Widths widths;
  std::map<graph::TensorId, RangeOptions> ranges;
  std::map<size_t, WeightMethod> weights;

  bool operator==(const Outcome& other) const {
    return floats == other.floats && widths == other.widths && ranges == other.ranges && weights == other.weights;
  }
};

bool SameChoice(const Statement& a, const Statement& b) {
  bool same = false;
  ForEachChoice([&](const char*, auto choice) { same = same || ((a.choice.*choice) && (b.choice.*choice)); });
  return same;
}

class EffectCheck {
 public:
  EffectCheck(const graph::Graph& graph, const std::vector<Statement>& statements, const Unsaid& unsaid)
      : graph_(graph), statements_(statements), unsaid_(unsaid) {}

  void Run() const {
    std::vector<bool> in_force;
    const Outcome outcome = OutcomeOf(statements_, &in_force);
    for (size_t i = 0; i < statements_.size(); ++i) {
      if (statements_[i].implied) continue;
      if (!in_force[i])
        Fail(statements_[i], "what names " + Plural(statements_[i]) + " more closely decides; leave it out");
      if (outcome == OutcomeOf(Without(i), nullptr) && !MovesAlone(i) && !IsFallback(statements_[i])) {
        Fail(statements_[i], WhyIdle(statements_[i]));
      }
    }
  }

 private:
  Outcome OutcomeOf(const std::vector<Statement>& statements, std::vector<bool>* in_force) const {
    const Policy policy = Resolve(graph_, statements, in_force);
    Outcome outcome{policy.floats, ChooseActivationWidths(graph_, unsaid_.tail_bits, policy, unsaid_.raw), {}, {}};
    outcome.ranges = RangesOf(policy, outcome.widths);
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (!HasIntegerWeights(policy, i)) continue;
      outcome.weights[i] = {policy.For(i, &Choices::weight_bits).value_or(kByteBits),
                            policy.For(i, &Choices::weight_range).value_or(unsaid_.weight_range),
                            policy.For(i, &Choices::weights_per_tensor).value_or(unsaid_.weights_per_tensor)};
    }
    return outcome;
  }

  bool HasIntegerWeights(const Policy& policy, size_t node) const {
    return TraitsOf(graph_.nodes[node]).weights >= 0 && !IsFloat(policy.floats, node);
  }

  // By which method every range is chosen that is chosen by any.
  std::map<graph::TensorId, RangeOptions> RangesOf(const Policy& policy, const Widths& widths) const {
    const RangeMethods methods = ChooseRangeMethods(graph_, policy, widths, unsaid_.observer);
    const std::map<graph::TensorId, AffineParams> fixed = FixedParams(graph_, widths, {}, policy.floats);
    std::set<graph::TensorId> before_tables;
    for (const graph::Node& node : graph_.nodes) before_tables.insert(node.pre_activation);
    std::map<graph::TensorId, RangeOptions> ranges;
    for (graph::TensorId id = 0; id < graph_.tensor_count(); ++id) {
      const int bits = widths[static_cast<size_t>(id)];
      if (bits == kFloatWidth || graph_.tensor(id).constant || fixed.count(id) != 0) continue;
      if (before_tables.count(id) != 0) continue;
      RangeOptions method = methods.Of(id);
      if (bits > kMostBitsObserved) method.kind = ObserverKind::kMinMax;
      if (method.kind != ObserverKind::kPercentile) method.percentile = RangeOptions().percentile;
      ranges[id] = method;
    }
    return ranges;
  }

  std::vector<Statement> Without(size_t place) const {
    std::vector<Statement> others = statements_;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(place));
    return others;
  }

  // Whether it would do something if nothing else were said about the same: then others say so too, which is no
  // mistake.
  bool MovesAlone(size_t place) const {
    std::vector<Statement> others;
    for (const Statement& other : statements_) {
      if (!SameChoice(other, statements_[place])) others.push_back(other);
    }
    const Outcome without = OutcomeOf(others, nullptr);
    others.push_back(statements_[place]);
    return !(OutcomeOf(others, nullptr) == without);
  }

  static bool IsFallback(const Statement& statement) {
    const Choices& choice = statement.choice;
    return statement.scope.kind == Scope::Kind::kAll && !choice.floats.value_or(false) &&
           choice.activation_bits.value_or(kByteBits) == kByteBits &&
           choice.table_input_bits.value_or(kByteBits) == kByteBits &&
           choice.weight_bits.value_or(kByteBits) == kByteBits && !choice.percentile;
  }

  static std::string Plural(const Statement& statement) {
    return statement.scope.kind == Scope::Kind::kTensor ? "the tensors" : "the nodes";
  }

  [[noreturn]] static void Fail(const Statement& statement, const std::string& why) {
    const std::string of =
        statement.scope.kind == Scope::Kind::kAll ? "" : " for " + graph::Quoted(statement.scope.pattern);
    throw UsageError(statement.source + of + " has no effect: " + why);
  }

  std::string WhyIdle(const Statement& statement) const {
    if (statement.choice.floats) {
      return *statement.choice.floats ? "it is in floats anyway; leave it out"
                                      : "nothing is in floats; give float_all, or leave it out";
    }
    const Policy policy = Resolve(graph_, statements_);
    const std::vector<size_t>& nodes = statement.matched.nodes;
    const auto all = [&](auto holds) { return !nodes.empty() && std::all_of(nodes.begin(), nodes.end(), holds); };
    if (all([&](size_t node) { return IsFloat(policy.floats, node); })) {
      return "what it names computes in floats; leave it out";
    }
    const Choices& choice = statement.choice;
    const bool of_tensors = choice.activation_bits || choice.observer || choice.percentile || choice.symmetric;
    if (statement.scope.kind == Scope::Kind::kTensor && !of_tensors) return "this is said of nodes; name these";
    if (choice.weight_bits || choice.weight_range || choice.weights_per_tensor) {
      return all([&](size_t node) { return !HasIntegerWeights(policy, node); })
                 ? "none of the nodes has weights; leave it out"
                 : "their weights are quantised like that anyway; leave it out";
    }
    if (!choice.table_input_bits && !choice.activation_bits) {
      return "the ranges are chosen like that anyway, or follow from the operator, from a table behind them, or from "
             "what was seen alone (above 12 bits); leave it out";
    }
    if (statement.choice.table_input_bits) {
      if (all([&](size_t node) { return !NeedsTable(graph_.nodes[node].activation); })) {
        return "behind none of the nodes is a function that is a table; leave it out";
      }
      return "it has " + std::to_string(*statement.choice.table_input_bits) + " bits anyway; leave it out";
    }
    return WhyBitsAreIdle(statement, policy);
  }

  std::string WhyBitsAreIdle(const Statement& statement, const Policy& policy) const {
    const int bits = *statement.choice.activation_bits;
    const graph::Uses uses(graph_);
    for (const size_t node : statement.matched.nodes) {
      if (SharesScale(graph_.nodes[node])) {
        return "'" + graph_.nodes[node].name + "' only moves elements and has the bits of what reads them" +
               ReaderText(uses, node);
      }
      for (const graph::TensorId input : graph_.nodes[node].inputs) {
        const std::string other = ReaderOfMore(uses, policy, input, node, bits);
        if (other.empty()) continue;
        return "what it reads is also read by '" + other + "', with more bits; name that too";
      }
    }
    return "it has " + std::to_string(bits) + " bits anyway; leave it out";
  }

  // Another node that reads the input, or what it is a view of, with more bits.
  std::string ReaderOfMore(const graph::Uses& uses, const Policy& policy, graph::TensorId input, size_t node,
                           int bits) const {
    while (input != graph::kNoTensor && !graph_.tensor(input).constant) {
      for (const int32_t reader : uses.consumers[static_cast<size_t>(input)]) {
        const auto other = static_cast<size_t>(reader);
        if (other == node || PassesOn(graph_, policy, other) || IsFloat(policy.floats, other)) continue;
        if (policy.For(other, &Choices::activation_bits).value_or(kByteBits) > bits) return graph_.nodes[other].name;
      }
      const int32_t producer = uses.producer[static_cast<size_t>(input)];
      if (producer < 0 || !SharesScale(graph_.nodes[static_cast<size_t>(producer)])) return "";
      input = graph_.nodes[static_cast<size_t>(producer)].inputs[0];
    }
    return "";
  }

  std::string ReaderText(const graph::Uses& uses, size_t node) const {
    for (const graph::TensorId output : graph_.nodes[node].outputs) {
      if (output == graph::kNoTensor) continue;
      for (const int32_t reader : uses.consumers[static_cast<size_t>(output)]) {
        return "; name these, such as '" + graph_.nodes[static_cast<size_t>(reader)].name + "'";
      }
    }
    return "";
  }

  const graph::Graph& graph_;
  const std::vector<Statement>& statements_;
  const Unsaid& unsaid_;
};

}  // namespace

void RequireEffect(const graph::Graph& graph, const std::vector<Statement>& statements, const Unsaid& unsaid) {
  EffectCheck(graph, statements, unsaid).Run();
}

}  // namespace lockstep::quantize
