// What the user says about the numbers that nodes work in, before it is known what that means for a network.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "quantize/observers/range_choice.h"
#include "quantize/weight_scale.h"

namespace lockstep::quantize {

// What a setting speaks of. A narrower scope beats a wider one: they stand in that order.
struct Scope {
  enum class Kind : uint8_t { kAll, kSubgraph, kOperator, kNode, kTensor };
  Kind kind = Kind::kAll;
  // Nodes and tensors: a pattern with * and ? as in a shell. Operators as the graph spells them: Conv, Softmax, SiLU.
  // Subgraphs: FROM..TO, every node on a way from a node (or from what reads a tensor) to another (or to what makes a
  // tensor); without FROM everything that leads to TO, without TO everything behind FROM.
  std::string pattern;

  // "DEFAULT", "FROM..TO", "op:Softmax", "tensor:PATTERN"; anything else is a pattern of nodes.
  static Scope Parse(const std::string& text);
};

inline constexpr int kLeastBits = 2;
inline constexpr int kMostBits = 16;
inline constexpr int kByteBits = 8;

// Without a value nothing is said.
struct Choices {
  std::optional<bool> floats;  // compute in floats
  // Of what a node reads. A tensor gets the most bits that any of its readers asks for; what only moves elements
  // (views, Concat, MaxPool) asks for what is asked of its output. Of a tensor: its own.
  std::optional<int> activation_bits;
  std::optional<int> table_input_bits;  // of the value in front of a fused function that is a table
  // How the range of what a node reads is chosen (RangeOptions). Of a tensor: its own.
  std::optional<ObserverKind> observer;
  std::optional<double> percentile;
  std::optional<bool> symmetric;
  // Of the node's weights.
  std::optional<int> weight_bits;
  std::optional<WeightRangeKind> weight_range;
  std::optional<bool> weights_per_tensor;
};

// All scopes that one setting names, and what it says of them.
struct Rule {
  std::string source;  // what messages call it
  std::vector<Scope> scopes;
  Choices choices;
  bool implied = false;  // it follows from a setting about something else, and need not have an effect
};

using PolicySettings = std::vector<Rule>;

// Calls visit(name, member) for every choice: the one list of them.
template <typename Visit>
void ForEachChoice(Visit visit) {
  visit("float", &Choices::floats);
  visit("activation_bits", &Choices::activation_bits);
  visit("table_input_bits", &Choices::table_input_bits);
  visit("observer", &Choices::observer);
  visit("percentile", &Choices::percentile);
  visit("activation_range", &Choices::symmetric);
  visit("weight_bits", &Choices::weight_bits);
  visit("weight_range", &Choices::weight_range);
  visit("weight_scales", &Choices::weights_per_tensor);
}

}  // namespace lockstep::quantize
