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

struct Options {
  Part part = Part::kNode;
  int threads = 0;  // 0: all cores; pictures are computed side by side
};

struct Trial {
  std::string node;
  std::string op;
  std::vector<std::string> onnx_nodes;
  std::string tensor;  // the node's first output
  // Over all pictures, by part of the network's outputs (analyze/output_parts.h).
  std::map<std::string, analyze::Metrics> outputs;
};

// Trials done of all, and how many there are.
using Progress = std::function<void(int, int)>;

// One trial for each node with something to round, in the order of the graph; the pictures are all that `source`
// delivers. The same for any number of threads.
std::vector<Trial> Measure(const quantize::QuantizedGraph& quantized, quantize::CalibrationSource& source,
                           const Options& options, const Progress& progress = nullptr);

}  // namespace lockstep::sensitivity
