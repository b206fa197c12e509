// Small networks with tensors that 8 bits over their whole range would rob of their meaning.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"

namespace lockstep::testing {

inline constexpr int64_t kSide = 16;

struct LevelsNetwork {
  std::string name;
  graph::Graph graph;  // one input, a picture of kSide x kSide with three channels
  size_t axis = 1;     // of its outputs: every index along it has to keep its meaning
};

std::vector<LevelsNetwork> LevelsNetworks();  // parts of different ranges, masks, small shares
std::vector<LevelsNetwork> WideNetworks();    // outliers, heavy tails, cancellation, functions of wide ranges

}  // namespace lockstep::testing
