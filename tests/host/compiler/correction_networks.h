// Networks that each need another correction: the same arithmetic in floats, and a loss in 8 bits that it makes good.
#pragma once

#include "graph/graph.h"

namespace lockstep::testing {

// One input `x` of 1x3x32x32 and one output each.

// Channels between two convolutions that differ by a thousand times, which the weights behind them make good: one
// scale leaves most of them without levels.
graph::Graph UnequalChannels();
// The same through limits that no value reaches.
graph::Graph UnequalChannelsBelowALimit();
// The same through a depthwise convolution and a pool.
graph::Graph UnequalDepthwiseChannels();
// A normalisation whose output has a few channels a hundred times larger than the others.
graph::Graph OutlierChannels();
// Values a third of a level high everywhere, but for one channel that sets the scale: they round to zero, all to the
// same side.
graph::Graph BiasedRounding();
// Many inputs that are much alike: what rounding each weight to the nearest adds could cancel, but does not.
graph::Graph AlikeInputs();
// One weight of each row is a thousand times larger than those that matter.
graph::Graph WideRangeWeights();

}  // namespace lockstep::testing
