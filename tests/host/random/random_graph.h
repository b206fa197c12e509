// Random networks of all operators that lowering knows: several inputs and outputs, pictures and vectors, floats and
// positions, batches of one and of two.
#pragma once

#include <cstdint>

#include "graph/graph.h"

namespace lockstep::test {

// Not optimised. The same seed gives the same network.
graph::Graph RandomGraph(uint32_t seed);

}  // namespace lockstep::test
