// Which few values of an 8-bit network should have more bits, so that its outputs come near those with 16 bits
// everywhere.
//
// Errors of single roundings add up to the error of the network in good approximation (their energies: they are small
// and independent). So what a choice of bits leaves is the sum of what its roundings alone make, a level of half the
// size a quarter of the energy, and the best choice for a number of bytes is that of a knapsack.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "quantize/policy_settings.h"
#include "quantize/quantized_graph.h"
#include "sensitivity/sensitivity.h"

namespace lockstep::sensitivity {

struct RaiseLimits {
  double bytes = 0.15;  // of activations and weights may be added
  // The activations' error energy may be this share of the weights': a tenth is within half a dB of 16 bits everywhere.
  double near_weights = 0.1;
  // Shares of the error energy that is left at the least, that of the weights included: what gains less is not worth a
  // wider layer, and so much more is as good.
  double least_gain = 0.01;
  double slack = 0.05;
};

struct Raise {
  std::string node;
  bool table_input = false;  // what is in front of its table, else what it gives
  int bits = 16;
  int64_t bytes = 0;  // added; those of a table that has wider entries by it are the output's
  // That its rounding alone made: energy relative to that of each part of the outputs, summed over them.
  double error = 0.0;
};

struct RaisePlan {
  std::vector<Raise> raises;
  double weights_error = 0.0;
  double error_before = 0.0;  // of all activations
  double error_after = 0.0;
  int64_t bytes_before = 0;
  int64_t bytes_added = 0;
};

// What gives a node's table input, output or weights these bits. `source`: what messages call it.
quantize::Rule RuleOf(const graph::Graph& graph, const std::string& node, Part part, int bits,
                      const std::string& source);

// Whether it would not be raised: a table input or an output that has the bits already.
bool IsWide(const quantize::QuantizedGraph& quantized, const graph::Node& node, Part part);

// `trials`: what Measure gave for table inputs and outputs; those of values that are wide already count but are not
// raised. `weights`: MeasureWeights.
RaisePlan PlanRaises(const quantize::QuantizedGraph& quantized, const std::vector<Trial>& trials,
                     const std::map<std::string, analyze::Metrics>& weights, const RaiseLimits& limits = {});

}  // namespace lockstep::sensitivity
