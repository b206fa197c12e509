// From an optimised float graph to a format for every tensor and integers for all weights.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "graph/given_quantization.h"
#include "graph/graph.h"
#include "quantize/calibrate.h"
#include "quantize/calibration_source.h"
#include "quantize/observers/range_choice.h"
#include "quantize/policy.h"
#include "quantize/quantized_graph.h"
#include "quantize/simulation.h"
#include "quantize/weights.h"

namespace lockstep::quantize {

struct QuantizeOptions {
  RangeOptions observer;  // of 8-bit activations
  WeightRangeKind weight_range = WeightRangeKind::kMse;
  bool weights_per_tensor = false;                    // one scale for all output channels
  bool activations_per_tensor = false;                // likewise; otherwise see channel_scales.h
  bool channel_tables = true;                         // also where each channel then needs a table of its own
  bool bias_correction = true;                        // see WeightRows::input_means
  bool rescue = true;                                 // see lost_levels.h
  QuantizeOnly only = QuantizeOnly::kAll;             // the rest computes in floats
  int tail_bits = 16;                                 // 16 or 8, see tail.h
  PolicySettings policy;                              // what is said of nodes, operators, subgraphs and tensors
  int threads = 0;                                    // 0: all cores
  std::map<std::string, InputPreprocess> preprocess;  // by graph input; inputs without are calibrated like any tensor
  std::map<std::string, OutputForm> outputs;          // by graph output
  std::map<std::string, InputParts> input_parts;      // by node; see corrections/error_compensation.h
  graph::GivenQuantization given;                     // what the network says itself
  std::map<graph::TensorId, ObserverKind> found_observers;  // in place of `auto`; minmax where there is none
};

int ThreadsOf(int threads);  // 0: as many as there are cores

// Everything that `source` delivers is used, in one pass. Throws UsageError on a wrong option, BadInput if a picture is
// bad or a value is not finite, UnsupportedModel if a convolution's weights are not constant.
QuantizedGraph Quantize(const graph::Graph& graph, const QuantizeOptions& options, CalibrationSource& source,
                        const Progress& progress = nullptr);

// Throws UsageError on a wrong option.
Observation PlanObservation(const graph::Graph& graph, const QuantizeOptions& options);
Calibration Observe(const Observation& observation, CalibrationSource& source, int threads,
                    const Progress& progress = nullptr);

// The two halves of it: what the pictures show, and what is made of that. What was observed for one set of options
// serves others that differ in widths and methods, but not in which nodes compute in floats.
Calibration Observe(const graph::Graph& graph, const QuantizeOptions& options, CalibrationSource& source,
                    const Progress& progress = nullptr);
QuantizedGraph Decide(const graph::Graph& graph, const QuantizeOptions& options, const Calibration& calibration);

// The integer tensors whose observer is `auto`, those of one scale together, each group ascending.
std::vector<std::vector<graph::TensorId>> AutoGroups(const graph::Graph& graph, const QuantizeOptions& options,
                                                     const Calibration& calibration);

}  // namespace lockstep::quantize
