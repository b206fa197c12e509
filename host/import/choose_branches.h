// An If whose condition is known before the network runs.
#pragma once

#include "graph/graph.h"

namespace lockstep::importer {

// Replaces every such If by the branch that its condition chooses and drops the other, so that nothing in there is
// asked of. The shapes of the graph's inputs are known, or what follows from them is not.
void ChooseBranches(graph::Graph& graph);

}  // namespace lockstep::importer
