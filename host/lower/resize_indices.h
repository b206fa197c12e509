// Which input row or column each output row or column of a nearest-neighbour Resize takes.
#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.h"

namespace lockstep::lower {

// For one axis of extent `from` resized to `to`, by the node's coordinate_transformation_mode and nearest_mode (ONNX
// Resize). Throws UnsupportedModel for other modes than nearest.
std::vector<int32_t> NearestIndices(const graph::Node& node, int64_t from, int64_t to, double scale);

}  // namespace lockstep::lower
