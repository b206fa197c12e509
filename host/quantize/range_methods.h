// By which method the range of each tensor is chosen.
#pragma once

#include <map>

#include "graph/graph.h"
#include "quantize/observers/range_choice.h"
#include "quantize/policy.h"
#include "quantize/widths.h"

namespace lockstep::quantize {

struct RangeMethods {
  RangeOptions all;                                 // where nothing is said
  std::map<graph::TensorId, RangeOptions> tensors;  // of which something is said

  const RangeOptions& Of(graph::TensorId id) const {
    const auto found = tensors.find(id);
    return found == tensors.end() ? all : found->second;
  }
};

// What is said of a tensor decides, else what is said of the first node that reads it (behind what passes elements on),
// else, of an output of the network, what is said of the node that makes it.
RangeMethods ChooseRangeMethods(const graph::Graph& graph, const Policy& policy, const Widths& widths,
                                const RangeOptions& fallback);

}  // namespace lockstep::quantize
