// Integer weights for every node that has some: which operand, by which channels, says the operator (host/ops).
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "quantize/activation_params.h"
#include "quantize/channel_scales.h"
#include "quantize/policy.h"
#include "quantize/quantized_graph.h"
#include "quantize/weights.h"

namespace lockstep::quantize {

struct WeightOptions {
  WeightRangeKind range = WeightRangeKind::kMse;  // where nothing is said
  bool per_tensor = false;                        // likewise
  int threads = 1;
  // Mean of every input channel by tensor; without an entry the bias is not corrected.
  std::map<graph::TensorId, std::vector<double>> means;
  ChannelScales channel_scales;  // of activations that have them
  Policy policy;                 // nodes in floats keep their weights as they are
};

// The inputs whose channel means can correct a bias.
std::set<graph::TensorId> CorrectableInputs(const graph::Graph& graph, const FloatNodes& floats);

// A line for `notes` where a weight scale had to be enlarged. Throws UnsupportedModel if weights or bias are computed.
std::map<OperandKey, QuantizedWeights> QuantizeWeightOperands(const graph::Graph& graph, const ActivationParams& params,
                                                              const WeightOptions& options,
                                                              std::vector<std::string>& notes);

// The scale of each of the integers, in their order.
std::vector<double> WeightScales(const graph::Node& node, const graph::Shape& shape, const QuantizedWeights& weights);

}  // namespace lockstep::quantize
