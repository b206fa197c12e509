// What a network costs on a board, by the widths of its numbers: a model of two terms that ranks mixes of precision.
#pragma once

#include <cstdint>

#include "graph/graph.h"
#include "quantize/quantized_graph.h"
#include "sensitivity/node_simulation.h"

namespace lockstep::tune {

// Of all nodes but views, which cost nothing.
struct Cost {
  double bytes = 0.0;  // that nodes read and write: activations, weights, tables
  // Multiplications of 8 by 8 bits; a side of more than 8 bits counts twice, floats count four times.
  double macs = 0.0;

  // In bytes: small processors multiply about eight times in the time that a byte takes.
  double value() const { return bytes + macs / 8.0; }
};

Cost CostOf(const quantize::QuantizedGraph& quantized);

// What it adds, about, to give the part of a node (kOutput, kTableInput, kWeights) more than 8 bits.
double CostOfRaise(const quantize::QuantizedGraph& quantized, const graph::Node& node, sensitivity::Part part,
                   int bits);

}  // namespace lockstep::tune
