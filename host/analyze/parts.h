// Tensors that hold several things side by side: what a Concat joined, and views of it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace lockstep::analyze {

// A tensor cut along one axis. Part i has the places from ends[i - 1] (0 for the first) to ends[i].
struct Partition {
  int axis = 0;  // of the ONNX order
  std::vector<int64_t> ends;
  std::vector<std::string> names;  // the tensors that were joined
};

// Followed through Concat, Reshape, Transpose, Slice, Split and elementwise operators. A tensor may be cut along
// several axes; those of one part or of more than kMostParts are left out.
inline constexpr size_t kMostParts = 64;
std::map<graph::TensorId, std::vector<Partition>> FindParts(const graph::Graph& graph);

}  // namespace lockstep::analyze
