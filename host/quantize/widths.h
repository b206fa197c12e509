// The first stage: in which width every tensor is carried, and which tensors stay float.
#pragma once

#include <set>
#include <vector>

#include "graph/graph.h"
#include "quantize/policy.h"

namespace lockstep::quantize {

inline constexpr int kFloatWidth = 0;

// By tensor id: 2 to 16 bits, or kFloatWidth. Integer tensors (shapes) and constants that no arithmetic node uses, such
// as weights, count as float, and so does a `pre_activation` that no table follows.
using Widths = std::vector<int>;

// Float are graph outputs that Concats put together, see float_moves.h. Every other graph output is computed in
// integers and converted behind, and so are those of `raw`, which stay integers.
//
// Where nothing is said a tensor has 8 bits, and with `tail_bits` 16 the tail of the network 16, as places in images
// always have (see tail.h). What is said: see activation_bits.h.
//
// What a node in floats gives has the width in which nodes that compute in integers read it, and counts as float if
// none does.
Widths ChooseActivationWidths(const graph::Graph& graph, int tail_bits, const Policy& policy = {},
                              const std::set<graph::TensorId>& raw = {});

// The same with the constants that take part in arithmetic: such a one has the width of what its node writes, at least
// 8 bits; if nodes of several widths use one constant, it is copied in `graph`.
Widths ChooseWidths(graph::Graph& graph, int tail_bits, const Policy& policy = {},
                    const std::set<graph::TensorId>& raw = {});

// The two steps of it that hold for any widths. Constants that take part in arithmetic get theirs, and every node whose
// constant has another width a constant of its own.
void GiveConstantsWidths(graph::Graph& graph, const FloatNodes& floats, Widths& widths);
// What only nodes in floats read is never seen in integers.
void ForgetUnreadWidths(const graph::Graph& graph, const FloatNodes& floats, Widths& widths);

}  // namespace lockstep::quantize
