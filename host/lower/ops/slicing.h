// The layer behind Slice and Split.
#pragma once

#include <cstdint>
#include <vector>

#include "lower/lower_context.h"

namespace lockstep::lower {

// Defines the node's output `index` as the elements of `x` from `start` in steps of `step`, in ONNX order.
void EmitPart(LowerContext& context, size_t index, const Value& x, const std::vector<int64_t>& start,
              const std::vector<int64_t>& step);

}  // namespace lockstep::lower
