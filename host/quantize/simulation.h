// Networks of which only the weights or only the features (activations) are quantised, to see which of them costs what.
#pragma once

#include <cstdint>
#include <vector>

#include "graph/graph.h"
#include "quantize/policy.h"
#include "quantize/range_methods.h"
#include "quantize/weight_operands.h"
#include "quantize/widths.h"

namespace lockstep::quantize {

enum class QuantizeOnly : uint8_t { kAll, kWeights, kFeatures };

// Throws UsageError for a statement about what is not quantised.
void RequireQuantized(const std::vector<Statement>& statements, QuantizeOnly only);

// Every weight that would be quantised becomes the value of its integer, and its node's bias the corrected one, for a
// network whose nodes all compute in floats. `options` is what the integers would be made with.
void KeepWeightsOnly(graph::Graph& graph, const WeightOptions& options);

// All nodes compute in floats; behind each that would write integers, and behind each input, a node that copies is
// inserted, which quantises and whose readers dequantise. `widths` and `methods` are those of the integer network. What
// is inside a node, such as the value in front of a fused function, stays float. A tensor keeps its name behind the
// copy, an input in front of it.
Policy KeepFeaturesOnly(graph::Graph& graph, const Widths& widths, const RangeMethods& methods);

}  // namespace lockstep::quantize
