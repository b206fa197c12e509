// The walk that shape inference and constant folding share.
#pragma once

#include <map>

#include "graph/graph.h"
#include "ops/value.h"

namespace lockstep::optimize {

// The values of tensors that are known before the model runs.
class KnownValues {
 public:
  // Nodes with more than `largest` input and output elements are not evaluated.
  KnownValues(const graph::Graph& graph, int64_t largest) : graph_(graph), largest_(largest) {}

  const ops::Value* Find(graph::TensorId id);  // null if unknown
  // Adds the outputs of `node` if its inputs are known and its operator is one that is folded.
  void Evaluate(const graph::Node& node);

 private:
  const graph::Graph& graph_;
  int64_t largest_;
  std::map<graph::TensorId, ops::Value> values_;
};

// Sets type and shape of the outputs of `node`. Throws BadInput naming the node if shapes contradict each other.
void InferNode(graph::Graph& graph, const graph::Node& node, KnownValues& values);

}  // namespace lockstep::optimize
