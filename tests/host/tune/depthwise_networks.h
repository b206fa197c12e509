// Networks of depthwise convolutions with SiLU and HardSwish in which a few tensors have heavy tails: some of their
// channels are many times larger than the others, and what reads them makes up for it.
#pragma once

#include "graph/graph.h"

namespace lockstep::testing {

// Each has one input of 1x3x64x64. Weights are normal, of a variance that keeps that of the values.

// Inverted residuals (expand, depthwise, project) with SiLU; a map of 12 channels at an eighth of the size.
graph::Graph SiluBlocks();
// The same with HardSwish and squeeze-and-excitation; a map of 12 channels at an eighth of the size.
graph::Graph HardSwishBlocks();
// A backbone with SiLU, depthwise separable convolutions with HardSwish behind it, and two heads each for boxes and
// scores of two sizes.
graph::Graph DepthwiseDetector();

}  // namespace lockstep::testing
