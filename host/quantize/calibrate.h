// The third stage: one pass of the float engine over the calibration pictures.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <vector>

#include "graph/graph.h"
#include "quantize/calibration_source.h"
#include "quantize/derivation.h"

namespace lockstep::quantize {

using Progress = std::function<void(int done, int total)>;

// What is to be seen of the pictures: it and they decide what is found. It hardly depends on widths, and not on
// methods.
struct Observation {
  graph::Graph graph;  // as it will be quantised
  std::set<graph::TensorId> statistics;
  std::set<graph::TensorId> channel_means;
  std::set<graph::TensorId> channel_extremes;
};

struct Calibration {
  Statistics statistics;
  // Mean of each channel (second axis) over all pictures, of the tensors that were asked for.
  std::map<graph::TensorId, std::vector<double>> channel_means;
  // How far each channel reaches (observers/channel_reach.h), likewise.
  std::map<graph::TensorId, std::vector<Range>> channel_extremes;
  int inputs_seen = 0;
  std::string digest;  // of the pictures, see CalibrationSource::Digest
};

// Memory does not depend on the number of pictures, nor the result on the number of threads (0: all cores). Throws
// BadInput naming the tensor if a value is not finite.
Calibration Calibrate(const Observation& observation, CalibrationSource& source, int threads, const Progress& progress);

}  // namespace lockstep::quantize
