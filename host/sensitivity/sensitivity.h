// What each node costs the outputs: one node at a time is rounded as its integer layer would, the others stay float.
//
// The float engine runs each picture once; a trial computes the node and what lies behind it alone.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "analyze/metrics.h"
#include "quantize/calibration_source.h"
#include "quantize/quantized_graph.h"
#include "sensitivity/node_simulation.h"

namespace lockstep::sensitivity {

class TrialStore;

struct Options {
  std::vector<Part> parts{Part::kNode};
  std::function<bool(const graph::Node&, Part)> wanted;  // of what can be rounded; null: all
  int threads = 0;                                       // 0: all cores; pictures are computed side by side
  TrialStore* store = nullptr;  // gets each result as soon as it is there; what it knows is not computed again
};

struct Trial {
  std::string node;
  std::string op;
  std::vector<std::string> onnx_nodes;
  std::string tensor;  // the node's first output
  // Over all pictures, by part of the network's outputs (analyze/output_parts.h).
  std::map<std::string, analyze::Metrics> outputs;
  Part part = Part::kNode;
};

// Trials done on pictures, those that the store knew among them, and how many there are.
using Progress = std::function<void(int, int)>;

// One trial for each part and each node with something to round, in the order of the parts, then of the graph; the
// pictures are all that `source` delivers. The same for any number of threads.
std::vector<Trial> Measure(const quantize::QuantizedGraph& quantized, quantize::CalibrationSource& source,
                           const Options& options, const Progress& progress = nullptr);

// What the weights cost: all of them and their biases are rounded, everything else stays float. By part of the outputs.
std::map<std::string, analyze::Metrics> MeasureWeights(const quantize::QuantizedGraph& quantized,
                                                       quantize::CalibrationSource& source, int threads);

}  // namespace lockstep::sensitivity
