// Which channels of a network can be scaled without a change of what it computes: what makes them can be divided by a
// positive number if what reads them is multiplied by it, and all between passes the factor on.
//
// A factor passes through functions with f(s x) = s f(x) (Relu, LeakyRelu, PRelu), pools, Resize, what moves elements
// and keeps channels whole, products with constants and with tensors that cannot be scaled, and through sums, whose
// operands then share it. A depthwise convolution ends one factor and begins another.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "quantize/corrections/channel_factors.h"

namespace lockstep::quantize {

struct ChannelPlace {
  size_t node = 0;
  size_t channel = 0;
};

// Channels that have one factor.
struct ChannelGroup {
  std::vector<ChannelPlace> makers;   // output channels of convolutions, channels of a LayerNormalization
  std::vector<ChannelPlace> readers;  // input channels of convolutions, counted through all groups of one
};

struct ScalableChannels {
  std::vector<ChannelGroup> groups;  // each with makers and readers
  // Why others are none: convolutions by the function behind them that passes no factor on.
  std::map<std::string, int> obstacles;

  // "12 convolutions end in SiLU"; empty if there are none.
  std::string ObstacleText() const;
};

// With kAnyFunction groups are found behind any function of a convolution, and there are no obstacles.
ScalableChannels FindScalableChannels(const graph::Graph& graph,
                                      FactorsThrough functions = FactorsThrough::kScalingFunctions);

// Multiplies what reads each group by its factor and divides what makes it; constants that other nodes read too are
// copied. One factor for each group.
void ScaleChannels(graph::Graph& graph, const std::vector<ChannelGroup>& groups, const std::vector<double>& factors);

// The same with factors from the file `source`: throws UsageError naming it and the setting unless they are one
// positive number for each group.
void ScaleChannelsBy(graph::Graph& graph, const std::vector<ChannelGroup>& groups, const std::vector<double>& factors,
                     const std::string& setting, const std::string& source);

// "a, b" and, if there are more than a few, how many.
std::string NodesOf(const graph::Graph& graph, const std::vector<ChannelPlace>& places);

}  // namespace lockstep::quantize
