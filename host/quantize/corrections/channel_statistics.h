// What each channel of a tensor reaches, over pictures.
#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "graph/graph.h"
#include "quantize/calibration_source.h"

namespace lockstep::quantize {

struct ChannelStatistics {
  std::vector<double> low, high;    // by channel (second axis)
  std::vector<double> largest;      // absolute value, likewise
  std::vector<double> mean_square;  // likewise
};

// Of tensors of at least two axes; the same for any number of threads.
std::map<graph::TensorId, ChannelStatistics> ObserveChannels(const graph::Graph& graph,
                                                             const std::vector<graph::TensorId>& tensors,
                                                             CalibrationSource& source, int threads);

}  // namespace lockstep::quantize
