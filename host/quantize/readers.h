// Which nodes compute with the elements of a tensor.
#pragma once

#include <optional>
#include <vector>

#include "graph/graph.h"
#include "quantize/policy.h"
#include "quantize/widths.h"

namespace lockstep::quantize {

// Whether the node has no numbers of its own: it moves elements, which have the format of what reads them. A Concat
// that a setting gives bits reads these.
bool PassesOn(const graph::Graph& graph, const Policy& policy, size_t node);

class Readers {
 public:
  struct Found {
    std::vector<size_t> nodes;  // ascending; those that compute in integers
    bool delivered = false;     // as an output of the network
  };

  // All outlive it; of `widths` it matters which tensors are float.
  Readers(const graph::Graph& graph, const Policy& policy, const Widths& widths);

  // Directly, or behind nodes that pass elements on.
  const Found& Of(graph::TensorId id);
  // The tensor whose elements `id` has, back through what moves elements of one tensor.
  graph::TensorId Root(graph::TensorId id) const;
  // The node that computes the elements; none for inputs, and for one that computes in floats.
  std::optional<size_t> MakerOf(graph::TensorId id) const;

 private:
  Found Find(graph::TensorId id);

  const graph::Graph& graph_;
  const Policy& policy_;
  const Widths& widths_;
  graph::Uses uses_;
  std::vector<std::optional<Found>> known_;
};

}  // namespace lockstep::quantize
