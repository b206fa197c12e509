// The layers behind what takes elements by their indices: Gather, Pad, Tile, Expand and a Slice that runs backwards.
#pragma once

#include <cstdint>
#include <vector>

#include "lower/lower_context.h"

namespace lockstep::lower {

inline constexpr int64_t kFilled = -1;  // stands for the fill

// Defines the node's output as the elements of `x` that `indices` name along each of its axes, in ONNX order, or `fill`
// where one is kFilled.
void EmitGathers(LowerContext& context, const Value& x, const std::vector<std::vector<int64_t>>& indices,
                 double fill = 0.0);

}  // namespace lockstep::lower
