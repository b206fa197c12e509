// Tensors that would lose their meaning in the bits that they were given, and what saves it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "quantize/activation_params.h"
#include "quantize/derivation.h"
#include "quantize/policy.h"
#include "quantize/scale_groups.h"
#include "quantize/widths.h"

namespace lockstep::quantize {

// The largest value seen of every tensor whose range follows from its operator (Softmax, Sigmoid).
std::map<graph::TensorId, double> LargestSeen(const graph::Graph& graph, const ActivationParams& fixed,
                                              const Statistics& observed, int threads);

// Tensors that get `bits`, or whose nodes compute in floats, with the reason in words.
struct Rescue {
  std::vector<graph::TensorId> tensors;
  std::vector<size_t> float_nodes;
  std::string reason;
};

// - A Concat whose inputs have ranges so different that one of them would have fewer than kFewLevels levels gets 16
//   bits, with everything elementwise behind it. If that leaves the input fewer than kFewWideLevels, all of these
//   compute in floats.
// - So does what a constant scales whose smallest factors would vanish.
// - A Softmax or Sigmoid whose values use fewer than kFewLevels gets 16 bits.
// Of what a setting speaks of nothing is changed, and outputs of `raw` stay integers.
std::vector<Rescue> FindLostLevels(const graph::Graph& graph, const Policy& policy, const Widths& widths,
                                   const ScaleGroups& groups, const ActivationParams& fixed, const Statistics& observed,
                                   int threads, const std::set<graph::TensorId>& raw = {});

inline constexpr double kFewLevels = 16.0;
inline constexpr double kFewWideLevels = 64.0;

void Apply(const std::vector<Rescue>& rescues, Policy& policy);

}  // namespace lockstep::quantize
