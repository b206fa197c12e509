// How many bits a tensor has: what its readers ask for.
#pragma once

#include "graph/graph.h"
#include "quantize/policy.h"
#include "quantize/widths.h"

namespace lockstep::quantize {

// `widths` has the bits that hold where nothing is said, which a reader of which nothing is said asks for.
// - A tensor gets the most bits that any integer node behind it asks for, those behind what moves elements included. A
//   graph output, and what only nodes in floats read, gets what is said of the node that makes it.
// - A tensor of which something is said has that.
// - What only moves elements (views, MaxPool, nearest Resize) has one width in front and behind.
// - A value in front of a table has what is said of it, else at least 8 bits and no fewer than are said of its node or
//   than its output was given.
void ApplyBits(const graph::Graph& graph, const Policy& policy, Widths& widths);

}  // namespace lockstep::quantize
