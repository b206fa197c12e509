// What opsets 1 to 6 say in other words.
#pragma once

#include <map>
#include <string>

#include "graph/graph.h"

namespace lockstep::importer {

// Attributes and defaults of operators as opset 7 has them, for a graph of an older one. Broadcasting is left to
// ExpandOldBroadcast, which needs shapes.
void NormalizeOldOpset(graph::Graph& graph);

// Opsets before 7 name with `axis` where the second operand's axes begin among those of the first: a Reshape of that
// operand says it by its shape. The shapes of the graph's inputs are known. Throws BadInput naming the node if the
// operands do not fit.
void ExpandOldBroadcast(graph::Graph& graph);

}  // namespace lockstep::importer
