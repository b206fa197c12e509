// Some of the output channels of a Conv, computed by a Conv of their own.
#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.h"

namespace lockstep::optimize {

// Channels start, start + step, .., count of them.
struct ChannelPiece {
  int64_t start = 0, count = 0, step = 1;
};

// Whether these channels can reach values kUnequal times as large as the others can, or the other way round, by the
// sums of their weights and biases; false for what is no Conv of one group with constant weights.
bool IsUnequal(const graph::Graph& graph, const graph::Node& conv, const ChannelPiece& piece);

inline constexpr double kUnequal = 32.0;

// The inputs of a Conv that gives these channels alone.
std::vector<graph::TensorId> InputsOfPiece(graph::Graph& graph, const graph::Node& conv, const ChannelPiece& piece);

}  // namespace lockstep::optimize
