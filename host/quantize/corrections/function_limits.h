// How far the factor of a channel may go where a function behind a convolution passes none on for every value.
//
// Of a function f, s * f(x / s) takes the place of f(x). A factor s is allowed if over the range of x that pictures
// show in the channel the difference of both stays below a tenth of a step of 8 bits over all values of f in the
// tensor. Of a Clip it is 0 while the range, divided by s, stays within the limits; SiLU and HardSwish are near x for
// large x.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"
#include "quantize/calibration_source.h"
#include "quantize/corrections/scalable_channels.h"

namespace lockstep::quantize {

// 1 is always allowed.
struct FactorLimits {
  double least = 0.0;
  double largest = 0.0;  // infinity: none

  bool limits() const;  // whether any factor is not allowed
  bool any() const { return least < 1.0 || largest > 1.0; }
};

// For each group. The pictures run through the network only if a maker ends in such a function.
std::vector<FactorLimits> LimitFactors(const graph::Graph& graph, const std::vector<ChannelGroup>& groups,
                                       CalibrationSource& source, int threads);

}  // namespace lockstep::quantize
