// Which few values of an 8-bit network should have more bits, so that its outputs come near those with 16 bits
// everywhere.
//
// Errors of single roundings add up to the error of the network in good approximation (their energies: they are small
// and independent). So the gain of a raise is the error that its rounding alone makes, and raises are taken in the
// order of gain by byte until the activations' errors are small beside those of the weights, or the bytes are spent.
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
  // The activations' error energy may be this share of the weights': a quarter is within 1 dB of 16 bits everywhere.
  double near_weights = 0.25;
  // A raise that takes less than this share of the activations' error is not worth a wider layer.
  double least_gain = 0.01;
};

struct Raise {
  std::string node;
  bool table_input = false;  // what is in front of its table, else what it gives
  int bits = 16;
  int64_t bytes = 0;  // added
  double error =
      0.0;  // that its rounding alone made: energy relative to that of each part of the outputs, summed over them
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
