// What the nodes of a network cost: multiplications and parameters.
#pragma once

#include <cstdint>

#include "graph/graph.h"

namespace lockstep::info {

// Multiply-accumulates of Conv, ConvTranspose, Gemm and MatMul of known shapes; 0 for everything else.
int64_t MacsOf(const graph::Graph& graph, const graph::Node& node);
int64_t MacsOf(const graph::Graph& graph);  // of all nodes together

// The elements of the node's constant floating point inputs: weights, biases, slopes, factors.
int64_t ParametersOf(const graph::Graph& graph, const graph::Node& node);

// As ParametersOf, of all nodes together: what several nodes share counts once.
int64_t ParametersOf(const graph::Graph& graph);

}  // namespace lockstep::info
