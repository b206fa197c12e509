// Constants of a graph: asking for them and adding them.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"

namespace lockstep::graph {

bool IsConstant(const Graph& graph, TensorId id);  // false for kNoTensor

// True if `id` is a constant float tensor whose elements all equal one number, which goes to `value`.
bool IsUniform(const Graph& graph, TensorId id, double* value);

// New constants under a unique name that begins with `stem`; integers have rank 1.
TensorId AddFloats(Graph& graph, const std::string& stem, const Shape& shape, std::vector<float> values);
TensorId AddInts(Graph& graph, const std::string& stem, const std::vector<int64_t>& values);

}  // namespace lockstep::graph
