// Where the statistics of a tensor come from: most follow from others, and what follows need not be observed.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <vector>

#include "graph/graph.h"
#include "quantize/observers/tensor_statistics.h"

namespace lockstep::quantize {

using Statistics = std::map<graph::TensorId, TensorStatistics>;

// Observed are `pre_activation` in front of a table, else the output of Conv, arithmetic and the like, and graph
// inputs. Derived are: what is behind a table or an elementwise function (the histogram mapped through it), what only
// moves elements (its input's), Concat (the union), constants.
class Derivation {
 public:
  explicit Derivation(const graph::Graph& graph);

  // The tensors whose values must be seen to know the statistics of `wanted`.
  std::set<graph::TensorId> Sources(const std::set<graph::TensorId>& wanted) const;

  // Hands every wanted tensor's statistics to `take`, one after the other. All of their sources have been observed.
  // Each tensor is derived once, and forgotten when nothing hangs on it any more.
  using Take = std::function<void(graph::TensorId, const TensorStatistics&)>;
  void Derive(const std::set<graph::TensorId>& wanted, const Statistics& observed, int threads, const Take& take) const;

 private:
  struct Rule {
    bool observed = false;
    std::set<graph::TensorId> inputs;
    std::function<double(double)> function;  // empty: the values themselves
  };
  Rule RuleFor(graph::TensorId id) const;
  // Of `wanted` and everything between it and its sources; a tensor that was observed has an empty rule.
  std::map<graph::TensorId, Rule> RulesFor(const std::set<graph::TensorId>& wanted, const Statistics& observed) const;
  // The tensors of `rules`, every one in a later step than its inputs.
  std::vector<std::vector<graph::TensorId>> Steps(const std::map<graph::TensorId, Rule>& rules) const;

  const graph::Graph& graph_;
  std::vector<int32_t> producer_;
};

}  // namespace lockstep::quantize
