// What makes the tensors of a pattern of nodes.
#pragma once

#include <vector>

#include "optimize/graph_edit.h"

namespace lockstep::optimize {

// A look at it from the pattern's last node backwards.
class Origins {
 public:
  Origins(graph::Graph& graph, const graph::Uses& uses) : graph_(graph), uses_(uses) {}

  // The node that makes `id` if it is an `op`, else null.
  const graph::Node* Of(graph::TensorId id, const char* op);

  // The nodes that were found, in their order in the graph.
  std::vector<const graph::Node*> Found() const;

  // Where one way to read a pattern leads nowhere and another is tried: what was found since the mark is none of it.
  size_t Mark() const { return found_.size(); }
  void Forget(size_t mark) { found_.resize(mark); }

 private:
  graph::Graph& graph_;
  const graph::Uses& uses_;
  std::vector<const graph::Node*> found_;
};

// The first of the last axes that a reduction in its normal form takes and keeps, -1 if it takes others or gives them
// up.
int64_t FirstOfLastAxes(const graph::Graph& graph, const graph::Node& reduction);

// What is squared, as Pow or as a product; else kNoTensor.
graph::TensorId Squared(const graph::Graph& graph, Origins& origins, graph::TensorId id);

// Of a quotient, or of a product with a reciprocal: what is divided and by what; kNoTensor for both if `last` is
// neither.
struct Quotient {
  graph::TensorId dividend = graph::kNoTensor;
  graph::TensorId divisor = graph::kNoTensor;
};
Quotient QuotientOf(const graph::Graph& graph, Origins& origins, const graph::Node& last);

}  // namespace lockstep::optimize
