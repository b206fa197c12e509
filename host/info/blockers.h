// What keeps a network from being compiled: its nodes, its outputs, and inputs of a type that is not taken.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"
#include "optimize/optimize.h"

namespace lockstep::info {

// Every blocker of an optimised graph at once, those of its inputs first; empty if it can be built.
std::vector<optimize::Blocker> FindBlockers(const graph::Graph& graph);

// Throws UnsupportedModel with one line per blocker if there are any; `path` is the network's file for the message.
void RequireSupported(const graph::Graph& graph, const std::string& path);

}  // namespace lockstep::info
