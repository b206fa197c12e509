// By which method the range of each tensor is chosen.
#pragma once

#include <map>
#include <vector>

#include "graph/graph.h"
#include "quantize/observers/range_choice.h"
#include "quantize/policy.h"
#include "quantize/widths.h"

namespace lockstep::quantize {

struct RangeMethods {
  RangeOptions all;                                 // where nothing is said
  std::map<graph::TensorId, RangeOptions> tensors;  // of which something is said

  // Of tensors that have one scale: that of the first of which something is said.
  const RangeOptions& Of(const std::vector<graph::TensorId>& group) const {
    for (const graph::TensorId id : group) {
      const auto found = tensors.find(id);
      if (found != tensors.end()) return found->second;
    }
    return all;
  }
  const RangeOptions& Of(graph::TensorId id) const { return Of(std::vector<graph::TensorId>{id}); }
};

// What is said of a tensor decides, else what is said of the first node that reads it (behind what passes elements on),
// else, of an output of the network, what is said of the node that makes it.
RangeMethods ChooseRangeMethods(const graph::Graph& graph, const Policy& policy, const Widths& widths,
                                const RangeOptions& fallback);

// What `auto` found, by tensor, takes its place; kMinMax where it found nothing.
void TakeFound(const std::map<graph::TensorId, ObserverKind>& found, RangeMethods& methods);

}  // namespace lockstep::quantize
