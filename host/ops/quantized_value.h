// Levels of ONNX's quantised types.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

#include "graph/graph.h"

namespace lockstep::ops {

struct Limits {
  double low, high;
};

// Of an ONNX type; nothing for those that are not integers of 8 or 16 bits.
std::optional<Limits> LimitsOf(int64_t onnx_type);

// Of the type in the attribute `output_dtype`: the importer writes the zero point's type there, which the graph does
// not have.
inline std::optional<Limits> OutputLimits(const graph::Node& node) { return LimitsOf(node.Int("output_dtype", 0)); }

// The nearest level, halves to even, within the limits; NaN is the zero point.
inline int64_t ToLevel(double steps, int64_t zero_point, const Limits& limits) {
  const auto zero = static_cast<double>(zero_point);
  const double level = std::isnan(steps) ? zero : std::nearbyint(steps) + zero;
  return static_cast<int64_t>(std::min(std::max(level, limits.low), limits.high));
}

}  // namespace lockstep::ops
