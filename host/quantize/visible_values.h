// Values that nobody who reads a tensor can tell apart: they take no part in the choice of its range.
#pragma once

#include <limits>
#include <map>
#include <vector>

#include "graph/graph.h"

namespace lockstep::quantize {

// What is below `low` is as good as `low`, and above `high` likewise. Behind a Softmax alone, along `softmax_axis`, so
// is what lies kSoftmaxDepth below the largest value of its row; -1: other nodes read it.
struct Visible {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  int softmax_axis = -1;
};

inline constexpr float kSoftmaxDepth = 17.0F;  // exp(-17) is 4e-8

// Of the tensors of which something is hidden: those that only Softmax reads (a mask of -1e9), or only functions that
// end in constants (Sigmoid, Clip), through what moves elements.
std::map<graph::TensorId, Visible> VisibleValues(const graph::Graph& graph);

// `data` with what is hidden at the end of what is visible. Rows of a Softmax in which everything is masked become 0.
// If `block` is above 1, that many channels (axis 1) lie side by side in memory. NaN stays.
std::vector<float> ShowVisible(const Visible& visible, const graph::Shape& shape, int block, const float* data);

}  // namespace lockstep::quantize
