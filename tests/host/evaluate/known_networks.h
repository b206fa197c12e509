// Networks made by code whose answers are known without running them.
#pragma once

#include "graph/graph.h"

namespace lockstep::testing {

// 1x3x16x16 in; 1x3 scores out, the means of red, green and blue.
graph::Graph ColourClassifier();

// 1x3x32x32 in; a map of YOLOX of the stride 8 out, 1x7x4x4: a red cell is an object that fills it, of class 0, or of
// class 1 where it is blue as well.
graph::Graph RedBlocks();

}  // namespace lockstep::testing
