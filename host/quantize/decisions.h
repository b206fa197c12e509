// What was decided about a network's numbers, as values that can be kept, changed and carried out again without
// pictures.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "quantize/quantize.h"
#include "quantize/quantized_graph.h"

namespace lockstep::quantize {

struct TensorDecision {
  bool is_float = false;
  // Of integers; of a float tensor: in which integers nodes that compute in integers read it.
  std::optional<AffineParams> params;
  // In place of its scale, which is the largest of them, one for each channel; empty: one scale.
  std::vector<double> channel_scales;
};

struct NodeDecision {
  bool floats = false;
  // Of a node with weights.
  std::optional<int> weight_bits;
  std::optional<WeightRangeKind> weight_range;
  std::optional<bool> weights_per_tensor;
};

struct Decisions {
  // Float inputs, outputs of nodes that hold floating point numbers, and `pre_activation` in front of tables. Constants
  // follow from them.
  std::map<graph::TensorId, TensorDecision> tensors;
  std::vector<NodeDecision> nodes;  // by index
  // For the correction of biases, see WeightOptions.
  std::map<graph::TensorId, std::vector<double>> channel_means;
  std::string calibration_digest;
};

Decisions DecisionsOf(const QuantizedGraph& quantized, const Calibration& calibration);

// Why they cannot be carried out, naming tensor or node, with the way out; empty if they can.
std::string ProblemOf(const graph::Graph& graph, const QuantizeOptions& options, const Decisions& decisions);

// Of `options` only preprocessing, outputs and threads matter. What DecisionsOf gave makes the same
// integers again. There is no problem with them.
QuantizedGraph Decide(const graph::Graph& graph, const QuantizeOptions& options, const Decisions& decisions);

}  // namespace lockstep::quantize
