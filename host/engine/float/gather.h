// Moving elements: every element of the result comes from a table of indices per axis, or is a fill value.
#pragma once

#include <vector>

#include "engine/float/plan.h"

namespace lockstep::engine {

// For every index of an axis of the result the index in the source, or kFill.
using AxisIndices = std::vector<int64_t>;
inline constexpr int64_t kFill = -1;

AxisIndices Range(int64_t start, int64_t step, int64_t count);

// Adds what computes result[i0, i1, ..] = source[axes[0][i0], axes[1][i1], ..]. Nothing is moved if the result is a
// contiguous part of the source. Keeps the source's layout where it can.
ValueId AddGather(Plan& plan, ValueId source, const std::vector<AxisIndices>& axes, float fill = 0.0F);

}  // namespace lockstep::engine
