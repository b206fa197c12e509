// What a padded axis shows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace lockstep::ops {

inline constexpr int64_t kFill = -1;  // the pad value

// The index in an axis of `extent` elements that stands at `index`, which may lie outside of 0..extent-1, or kFill.
// `mode` is that of Pad.
int64_t PaddedIndex(const std::string& mode, int64_t index, int64_t extent);

// Of a Pad with constant pads of all axes: for every axis which elements of the input stand along it.
std::vector<std::vector<int64_t>> PaddedIndices(const graph::Graph& graph, const graph::Node& node);

// What stands where there are no elements of the input; 0 in modes other than "constant". Its value is constant.
double PadValue(const graph::Graph& graph, const graph::Node& node);

// A pad value from here on means infinity: exporters write -3.4e38, -1e38; no activation comes near.
inline constexpr double kAsGoodAsInfinity = 1e30;

}  // namespace lockstep::ops
