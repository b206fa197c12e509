// Softmax, LogSoftmax and Hardmax as opsets up to 12 have them: over all axes from `axis` on, taken as one.
#pragma once

#include "graph/graph.h"

namespace lockstep::importer {

// Writes out the default of the attribute `axis`, which was 1.
void SetOldSoftmaxAxes(graph::Graph& graph);

// Turns every one into what computes the same over one axis. Shapes have been inferred, by which `axis` was checked;
// true if there are new tensors, whose shapes have not.
bool ExpandOldSoftmax(graph::Graph& graph);

}  // namespace lockstep::importer
