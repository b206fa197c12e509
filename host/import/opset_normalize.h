// Brings the differences between opsets to one form.
#pragma once

#include "graph/graph.h"

namespace lockstep::importer {

inline constexpr int64_t kOldestOpset = 1;
inline constexpr int64_t kNewestOpset = 22;
inline constexpr int64_t kNormalOpset = 17;

// Rewrites a graph of opset `graph.opset` to the normal form of optimize/optimize.h and sets the opset to kNormalOpset.
void NormalizeOpset(graph::Graph& graph);

}  // namespace lockstep::importer
