// The first stage: in which width every tensor is carried, and which tensors stay float.
#pragma once

#include <set>
#include <vector>

#include "graph/graph.h"
#include "quantize/policy.h"

namespace lockstep::quantize {

inline constexpr int kFloatWidth = 0;

// By tensor id: 8 or 16 bits, or kFloatWidth. Integer tensors (shapes) and constants that no arithmetic node uses, such
// as weights, count as float; a `pre_activation` has 8 bits if a table follows it.
using Widths = std::vector<int>;

// Float are graph outputs that Concats put together, see float_moves.h. Every other graph output is computed in
// integers and converted behind, and so are those of `raw`, which stay integers.
//
// With `tail_bits` 16 the tail of the network is carried in 16 bits (see tail.h). A constant operand has the width of
// its node; if nodes of both widths use one constant, it is doubled in `graph`.
//
// What one of `floats` gives has the width in which nodes that compute in integers read it, and counts as float if none
// does.
Widths ChooseWidths(graph::Graph& graph, int tail_bits, const FloatNodes& floats = {},
                    const std::set<graph::TensorId>& raw = {});

}  // namespace lockstep::quantize
