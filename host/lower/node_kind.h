// Which nodes lowering treats alike, and the attributes that more than one of its stages reads.
#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.h"

namespace lockstep::lower {

enum class NodeKind : uint8_t {
  kUnsupported,
  kWindow,  // Conv, MaxPool, AveragePool, Resize: images
  kBinary,  // Add, Sub, Mul, Div
  kConcat,
  kReshape,  // Reshape, Flatten, Squeeze, Unsqueeze, Identity
  kTranspose,
  kSoftmax,
  kUnary,  // elementwise functions of one tensor
  kSlice,
  kSplit,
};

NodeKind KindOf(const graph::Graph& graph, const graph::Node& node);
bool IsBinary(const graph::Node& node);

// Attribute `axis` as 0..rank-1.
int64_t NormalizedAxis(const graph::Node& node, size_t rank, int64_t fallback);

// Attribute `perm`; reversed axes without one.
std::vector<int64_t> TransposePerm(const graph::Node& node, size_t rank);

}  // namespace lockstep::lower
