// Nodes that compute y = scale[c] * x + offset[c].
#pragma once

#include <optional>
#include <vector>

#include "graph/graph.h"

namespace lockstep::optimize {

struct ChannelAffine {
  graph::TensorId input = graph::kNoTensor;
  std::vector<double> scale, offset;  // one entry per channel
};

// What `node` is if it is BatchNormalization, or Mul, Div, Add or Sub with a constant that has one value per channel
// (axis 1) or one value at all, and does not change the shape; else nothing.
std::optional<ChannelAffine> AffineOf(const graph::Graph& graph, const graph::Node& node);

}  // namespace lockstep::optimize
