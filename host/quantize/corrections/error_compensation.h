// Error compensation: what 8 bits leave out of a weight or an input is computed by a second layer, in 8 bits too.
//
// Weights W become two constants: `high`, W rounded to the node's levels, and `low`, the rest, whose levels are at
// least 254 times finer. NODE computes with `high` and has the bias, NODE_split_low computes with `low` on the same
// input, both in 16 bits, and NODE_split_sum adds them and has the fused function. The float network stays the same up
// to rounding.
//
// An input gets 16 bits, which lowering cuts into two 8-bit parts: x = base * high + low with base = 257 in levels of
// x. NODE reads the high part, NODE_split_low the low one with the same weights, and NODE_split_sum adds them. The
// float network does not know of these: there the low part is 0. With `kBoth` the low weights meet the high part alone;
// what low weights and low parts make together is beneath 16 bits.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "quantize/quantize.h"

namespace lockstep::quantize {

enum class CompensatedPart : uint8_t { kWeight, kInput, kBoth };

struct CompensationRequest {
  Scope scope;
  CompensatedPart part;
};
using CompensationRequests = std::vector<CompensationRequest>;

struct CompensatedNode {
  std::string name;
  bool weight = false;
  bool input = false;
};

struct CompensationResult {
  std::vector<CompensatedNode> nodes;
  size_t left_out = 0;   // nodes that a pattern, operator or subgraph names and that cannot be compensated
  PolicySettings rules;  // the bits of what is read and of what is added; to be added to QuantizeOptions::policy
  std::map<std::string, InputParts> input_parts;  // QuantizeOptions::input_parts
};

// `options`: what is said besides. Requests add up. Throws UsageError for a scope that names nothing, and, with the
// reason, for one of which no node can be compensated: operators other than Conv, ConvTranspose, and the Gemm and
// MatMul that became Conv, nodes in floats, weights of more than 8 bits, inputs that are bytes.
CompensationResult CompensateErrors(graph::Graph& graph, const CompensationRequests& requests,
                                    const QuantizeOptions& options);

// Takes the parts over. Throws UsageError where an input has 8 bits after all: a calibration file may say so.
void StateInputParts(const std::map<std::string, InputParts>& parts, QuantizedGraph& result);

}  // namespace lockstep::quantize
