// A valid node of every operator, for tests that go through the whole table.
#pragma once

#include <string>

#include "graph/graph.h"

namespace lockstep::testing {

// A graph of one small node of this operator with its shapes inferred; constants where the operator wants them.
graph::Graph SampleOf(const std::string& op);

}  // namespace lockstep::testing
