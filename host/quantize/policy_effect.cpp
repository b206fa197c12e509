#include "quantize/policy_effect.h"

#include <algorithm>
#include <optional>
#include <string>

#include "graph/error.h"
#include "graph/quoted.h"
#include "quantize/operator_classes.h"
#include "quantize/readers.h"
#include "quantize/widths.h"

namespace lockstep::quantize {
namespace {

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
    return quantize::OutcomeOf(graph_, Resolve(graph_, statements, in_force), unsaid_);
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
    const std::string fixed = WhyTensorsAreIdle(statement, policy);
    if (!fixed.empty()) return fixed;
    const Choices& choice = statement.choice;
    const bool of_tensors = choice.activation_bits || choice.observer || choice.percentile || choice.symmetric;
    if (statement.scope.kind == Scope::Kind::kTensor && !of_tensors) return "this is said of nodes; name these";
    if (choice.weight_bits || choice.weight_range || choice.weights_per_tensor) {
      return all([&](size_t node) { return !HasIntegerWeights(graph_, policy, node); })
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

  // Of tensors that are float, and of pictures.
  std::string WhyTensorsAreIdle(const Statement& statement, const Policy& policy) const {
    if (statement.scope.kind != Scope::Kind::kTensor || unsaid_.only == QuantizeOnly::kWeights) return "";
    const Widths widths = quantize::OutcomeOf(graph_, policy, unsaid_).widths;
    const std::vector<graph::TensorId>& tensors = statement.matched.tensors;
    const auto all = [&](auto holds) { return !tensors.empty() && std::all_of(tensors.begin(), tensors.end(), holds); };
    const auto width = [&](graph::TensorId id) { return widths[static_cast<size_t>(id)]; };
    if (all([&](graph::TensorId id) { return width(id) == kFloatWidth; })) {
      return "it is in floats, for nothing reads it in integers; leave it out";
    }
    if (!statement.choice.activation_bits) return "";
    if (all([&](graph::TensorId id) { return unsaid_.preprocess.count(graph_.tensor(id).name) != 0; })) {
      return "it is an input of " + std::to_string(width(tensors[0])) +
             "-bit integers, which more bits would not change; leave it out";
    }
    return "";
  }

  std::string WhyBitsAreIdle(const Statement& statement, const Policy& policy) const {
    const int bits = *statement.choice.activation_bits;
    const graph::Uses uses(graph_);
    const auto reads_the_network_inputs = [&](size_t node) {
      const std::vector<graph::TensorId>& read = graph_.nodes[node].inputs;
      return std::all_of(read.begin(), read.end(), [&](graph::TensorId id) {
        return id == graph::kNoTensor || graph_.tensor(id).constant ||
               unsaid_.preprocess.count(graph_.tensor(id).name) != 0;
      });
    };
    for (const size_t node : statement.matched.nodes) {
      if (reads_the_network_inputs(node)) {
        return "'" + graph_.nodes[node].name +
               "' reads an input of the network, whose integers more bits would not change; name what is behind it";
      }
      if (SharesScale(graph_.nodes[node])) {
        return "'" + graph_.nodes[node].name + "' only moves elements and has the bits of " + DeciderText(policy, node);
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

  // What computes with the elements that the node moves, else what computes them.
  std::string DeciderText(const Policy& policy, size_t node) const {
    const Widths widths = ChooseActivationWidths(graph_, unsaid_.tail_bits, policy, unsaid_.raw);
    Readers readers(graph_, policy, widths);
    const graph::TensorId output = graph_.nodes[node].outputs[0];
    const std::vector<size_t>& found = readers.Of(output).nodes;
    if (!found.empty()) return "what computes with them; name these, such as '" + graph_.nodes[found[0]].name + "'";
    const std::optional<size_t> maker = readers.MakerOf(readers.Root(output));
    if (maker) return "what makes them; name '" + graph_.nodes[*maker].name + "'";
    return "what it reads; leave it out";
  }

  const graph::Graph& graph_;
  const std::vector<Statement>& statements_;
  const Unsaid& unsaid_;
};

// A setting of the whole network: its name, whether it is about weights, and what takes it back to its default and
// tells whether it had another value.
struct WholeSetting {
  const char* name;
  bool of_weights;
  bool (*reset)(Unsaid& unsaid);
};

template <typename Value>
bool Reset(Value& value, Value fallback) {
  const bool changed = !(value == fallback);
  value = fallback;
  return changed;
}

constexpr WholeSetting kWholeSettings[] = {
    {"observer", false, [](Unsaid& unsaid) { return Reset(unsaid.observer.kind, RangeOptions().kind); }},
    {"percentile", false, [](Unsaid& unsaid) { return Reset(unsaid.observer.percentile, RangeOptions().percentile); }},
    {"activation_range", false, [](Unsaid& unsaid) { return Reset(unsaid.observer.symmetric, false); }},
    {"tail_bits", false, [](Unsaid& unsaid) { return Reset(unsaid.tail_bits, Unsaid().tail_bits); }},
    {"weight_range", true, [](Unsaid& unsaid) { return Reset(unsaid.weight_range, Unsaid().weight_range); }},
    {"weight_scales", true, [](Unsaid& unsaid) { return Reset(unsaid.weights_per_tensor, false); }},
    {"bias_correction", true, [](Unsaid& unsaid) { return Reset(unsaid.bias_correction, true); }}};

std::string WhyIdle(const graph::Graph& graph, const WholeSetting& setting, const Policy& policy,
                    const Unsaid& unsaid) {
  if (!setting.of_weights && unsaid.only == QuantizeOnly::kWeights)
    return "quantize_only weights leaves all else in floats";
  if (setting.of_weights && unsaid.only == QuantizeOnly::kFeatures)
    return "quantize_only features leaves weights in floats";
  bool integers = false;
  bool weights = false;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    integers = integers || !IsFloat(policy.floats, i);
    weights = weights || HasIntegerWeights(graph, policy, i);
  }
  if (!integers) return "every node computes in floats";
  if (setting.of_weights)
    return weights ? "the weights are quantised like that anyway" : "no node has weights in integers";
  if (std::string(setting.name) == "tail_bits") return "the network has no tail, or more bits are said of all of it";
  return "the ranges are chosen like that anyway, or follow from the operator, from a table behind them, or from what "
         "was seen alone (above 12 bits)";
}

}  // namespace

void RequireWholeEffect(const graph::Graph& graph, const std::vector<Statement>& statements, const Unsaid& unsaid) {
  std::vector<Statement> wide;
  for (const Statement& statement : statements) {
    if (statement.scope.kind == Scope::Kind::kAll || statement.choice.floats) wide.push_back(statement);
  }
  const Policy policy = Resolve(graph, wide);
  for (const WholeSetting& setting : kWholeSettings) {
    Unsaid without = unsaid;
    if (!setting.reset(without)) continue;
    if (!(OutcomeOf(graph, policy, unsaid) == OutcomeOf(graph, policy, without))) continue;
    throw UsageError(setting.name + std::string(" has no effect: ") + WhyIdle(graph, setting, policy, unsaid) +
                     "; leave it out");
  }
}

void RequireEffect(const graph::Graph& graph, const std::vector<Statement>& statements, const Unsaid& unsaid) {
  EffectCheck(graph, statements, unsaid).Run();
}

}  // namespace lockstep::quantize
