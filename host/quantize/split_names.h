// The names of what error compensation makes of a node, which keeps its own.
#pragma once

#include "graph/graph.h"

namespace lockstep::quantize {

inline constexpr char kHighSuffix[] = "_split_high";
inline constexpr char kLowSuffix[] = "_split_low";
inline constexpr char kSumSuffix[] = "_split_sum";

// The node that `part` was split from; null if it is no part of another.
const graph::Node* SplitNode(const graph::Graph& graph, const graph::Node& part);

}  // namespace lockstep::quantize
