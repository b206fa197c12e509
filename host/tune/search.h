// The search for the cheapest mix: nodes in the order of sensitivity until the target is met, without those that turn
// out unnecessary; of their parts those that gain most for their cost, again without the unnecessary. Knows nothing of
// networks.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lockstep::tune {

// Something that can be given more bits.
struct Candidate {
  size_t node = 0;     // what it is a part of
  double error = 0.0;  // that it makes as it is
  double cost = 0.0;   // of its last level
  int levels = 1;      // of bits that can be chosen beside what it has; the last one is the most
};

using Levels = std::vector<int>;  // by candidate; 0: as it is

struct Outcome {
  double value = 0.0;  // the more the better
  double cost = 0.0;
};

struct SearchStep {
  enum class Kind { kAsItIs, kThreshold, kGain, kWithout, kFewerBits } kind = Kind::kAsItIs;
  std::optional<double> threshold;  // kThreshold: the least error of the nodes that are raised
  Levels levels;
  size_t nodes = 0;   // that are raised
  size_t raises = 0;  // of their parts
  Outcome outcome;
  bool met = false;
};

struct SearchResult {
  bool reached = false;
  Levels levels;  // all raised where the target is out of reach
  Outcome outcome;
  size_t threshold_nodes = 0;  // that the order of sensitivity alone needs
  std::vector<SearchStep> steps;
};

// `check` judges a mix; it is called `most_checks` times at most (more only until the first mix that meets the target
// is found).
SearchResult FindCheapest(const std::vector<Candidate>& candidates, double target, int most_checks,
                          const std::function<Outcome(const Levels&)>& check);

}  // namespace lockstep::tune
