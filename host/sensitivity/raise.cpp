#include "sensitivity/raise.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "sensitivity/least_error.h"

namespace lockstep::sensitivity {

using quantize::QuantizedGraph;

namespace {

// 12 bits in front of a table leave 1/256 of the error energy for a table of 4096 entries, 10 a sixteenth.
constexpr int kTableInputBits[] = {10, 12};
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
  return part == Part::kTableInput ? BitsOf(quantized, node.pre_activation) >= kTableInputBits[1]
                                   : BitsOf(quantized, node.outputs[0]) > 8;
}

namespace {

constexpr int kNoTable = 0;

// A node's value with some bits in front of its table and of its output.
struct Bits {
  int table = kNoTable;
  int output = 8;
};

// A node and what its roundings cost; 0 where they are as they shall be.
struct Candidate {
  const graph::Node* node = nullptr;
  Bits now;
  double table_error = 0.0;
  double output_error = 0.0;
  std::vector<Bits> choices;  // the first: as it is
};

// A level of half the size leaves a quarter of the energy.
double Left(double error, int now, int bits) { return std::ldexp(error, -2 * (bits - now)); }

int BytesOfBits(int bits) { return bits > 8 ? 2 : 1; }

int64_t TableBytes(const Bits& bits) {
  return bits.table == kNoTable ? 0 : (int64_t{1} << bits.table) * BytesOfBits(bits.output);
}

int64_t BytesOf(const QuantizedGraph& quantized, const Candidate& candidate, const Bits& bits) {
  const int64_t elements = graph::ElementCount(quantized.graph.tensor(candidate.node->outputs[0]).shape);
  return TableBytes(bits) + elements * BytesOfBits(bits.output);
}

Way WayOf(const QuantizedGraph& quantized, const Candidate& candidate, const Bits& bits) {
  return {BytesOf(quantized, candidate, bits) - BytesOf(quantized, candidate, candidate.now),
          Left(candidate.table_error, candidate.now.table, bits.table) +
              Left(candidate.output_error, candidate.now.output, bits.output)};
}

std::vector<Candidate> CandidatesOf(const QuantizedGraph& quantized, const std::vector<Trial>& trials) {
  std::vector<Candidate> candidates;
  std::map<std::string, size_t> places;
  for (const Trial& trial : trials) {
    const graph::Node& node = NodeOf(quantized.graph, trial.node);
    if (IsWide(quantized, node, trial.part)) continue;
    const auto [place, added] = places.emplace(trial.node, candidates.size());
    if (added) {
      candidates.emplace_back();
      candidates.back().node = &node;
      const auto table = quantized.formats.find(node.pre_activation);
      candidates.back().now = {table != quantized.formats.end() ? table->second.bits : kNoTable,
                               BitsOf(quantized, node.outputs[0])};
    }
    Candidate& candidate = candidates[place->second];
    (trial.part == Part::kTableInput ? candidate.table_error : candidate.output_error) =
        analyze::ErrorShare(trial.outputs);
  }
  return candidates;
}

// Errors up to `least` are left as they are.
std::vector<std::vector<Way>> ChoicesOf(const QuantizedGraph& quantized, double least,
                                        std::vector<Candidate>& candidates) {
  std::vector<std::vector<Way>> ways;
  for (Candidate& candidate : candidates) {
    candidate.choices.clear();
    ways.emplace_back();
    const auto add = [&](const Bits& bits) {
      candidate.choices.push_back(bits);
      ways.back().push_back(WayOf(quantized, candidate, bits));
    };
    for (const int output : {candidate.now.output, kOutputBits}) {
      if (output != candidate.now.output && candidate.output_error <= least) continue;
      add({candidate.now.table, output});
      for (const int table : kTableInputBits) {
        if (candidate.table_error > least && table > candidate.now.table) add({table, output});
      }
    }
  }
  return ways;
}

// What is left of the errors of those that are chosen from.
double ErrorOf(const std::vector<std::vector<Way>>& ways, const std::vector<size_t>& chosen) {
  double error = 0.0;
  for (size_t i = 0; i < ways.size(); ++i) error += ways[i][chosen[i]].error;
  return error;
}

// The fewest bytes, about, whose least error is at most `goal`.
std::vector<size_t> FewestBytes(const std::vector<std::vector<Way>>& ways, int64_t most, double goal) {
  std::vector<size_t> best = LeastError(ways, most);
  const int64_t near = std::max<int64_t>(1, most / 256);
  for (int64_t too_few = -1; most - too_few > near;) {
    const int64_t middle = too_few + (most - too_few) / 2;
    std::vector<size_t> chosen = LeastError(ways, middle);
    if (ErrorOf(ways, chosen) > goal) {
      too_few = middle;
      continue;
    }
    most = middle;
    best = std::move(chosen);
  }
  return best;
}

// What is chosen though the goal is met without it goes back, the least gain first.
void LeaveOutWhatGainsLittle(const std::vector<std::vector<Way>>& ways, double goal, std::vector<size_t>& chosen) {
  std::vector<size_t> order(ways.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto gain = [&](size_t i) { return ways[i][0].error - ways[i][chosen[i]].error; };
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return gain(a) < gain(b); });
  double error = ErrorOf(ways, chosen);
  for (const size_t i : order) {
    if (chosen[i] == 0 || error + gain(i) > goal) continue;
    error += gain(i);
    chosen[i] = 0;
  }
}

void AddRaises(const QuantizedGraph& quantized, const Candidate& candidate, const Bits& bits, RaisePlan& plan) {
  const std::string& name = candidate.node->name;
  const Bits& now = candidate.now;
  const bool output = bits.output != now.output;
  if (bits.table != now.table) {
    const int64_t bytes = TableBytes({bits.table, now.output}) - TableBytes(now);
    plan.raises.push_back({name, true, bits.table, bytes, candidate.table_error});
  }
  if (output) {
    const int64_t bytes = BytesOf(quantized, candidate, bits) - BytesOf(quantized, candidate, {bits.table, now.output});
    plan.raises.push_back({name, false, bits.output, bytes, candidate.output_error});
  }
}

}  // namespace

RaisePlan PlanRaises(const QuantizedGraph& quantized, const std::vector<Trial>& trials,
                     const std::map<std::string, analyze::Metrics>& weights, const RaiseLimits& limits) {
  RaisePlan plan;
  plan.weights_error = analyze::ErrorShare(weights);
  plan.error_before = ErrorOf(trials);
  plan.bytes_before = BytesOf(quantized);

  std::vector<Candidate> candidates = CandidatesOf(quantized, trials);
  std::vector<std::vector<Way>> ways = ChoicesOf(quantized, 0.0, candidates);
  const double others =
      plan.error_before - ErrorOf(ways, std::vector<size_t>(ways.size(), 0));  // that are wide already
  const auto most = static_cast<int64_t>(limits.bytes * static_cast<double>(plan.bytes_before));
  const auto least = [&] { return ErrorOf(ways, LeastError(ways, most)); };
  const double left = least() + others + plan.weights_error;
  ways = ChoicesOf(quantized, limits.least_gain * left, candidates);
  const double goal = std::max(limits.near_weights * plan.weights_error - others, least() + limits.slack * left);
  std::vector<size_t> chosen = FewestBytes(ways, most, goal);
  LeaveOutWhatGainsLittle(ways, goal, chosen);
  for (size_t i = 0; i < candidates.size(); ++i) {
    AddRaises(quantized, candidates[i], candidates[i].choices[chosen[i]], plan);
  }
  std::stable_sort(plan.raises.begin(), plan.raises.end(),
                   [](const Raise& a, const Raise& b) { return a.error > b.error; });
  for (const Raise& raise : plan.raises) plan.bytes_added += raise.bytes;
  plan.error_after = ErrorOf(ways, chosen) + others;
  return plan;
}

}  // namespace lockstep::sensitivity
