// Connected raised nodes as subgraphs between a start and an end: what a person would write instead of a list.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace lockstep::tune {

struct Subgraph {
  std::string from;  // nodes; both belong to it
  std::string to;
  size_t nodes = 0;   // on a way from one to the other
  size_t raised = 0;  // of these
};

// One for each group of two or more connected nodes of `raised` (positions in the graph) that lie between their first
// and their last one; the largest first.
std::vector<Subgraph> ProposeSubgraphs(const graph::Graph& graph, const std::set<size_t>& raised);

}  // namespace lockstep::tune
