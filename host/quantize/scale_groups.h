// The second stage: which tensors have one scale and zero point.
#pragma once

#include <map>
#include <vector>

#include "graph/graph.h"
#include "quantize/tensor_format.h"
#include "quantize/widths.h"

namespace lockstep::quantize {

class ScaleGroups {
 public:
  // - Operators that only move elements (see SharesScale) put their first input and their outputs into one group, but
  //   for a Pad with a number that a fixed scale of the input has no level for.
  // - A Concat takes the group of an input into its own, and so becomes a copy, where that costs nothing: when no node
  //   but Concats of the two groups and moving operators reads any tensor of the input's group, so that nobody would
  //   have had a finer scale. A group whose parameters are `fixed` (by tensor id) is never mixed with another.
  // Constants and float tensors are in no group.
  ScaleGroups(const graph::Graph& graph, const Widths& widths, const std::map<graph::TensorId, AffineParams>& fixed);

  // The group's representative: the same for all tensors of a group.
  graph::TensorId Of(graph::TensorId id) const;
  bool Same(graph::TensorId a, graph::TensorId b) const { return Of(a) == Of(b); }
  // All tensors of the group of `id`, ascending.
  std::vector<graph::TensorId> Members(graph::TensorId id) const;

 private:
  void Join(graph::TensorId a, graph::TensorId b);

  std::vector<graph::TensorId> parent_;
};

}  // namespace lockstep::quantize
