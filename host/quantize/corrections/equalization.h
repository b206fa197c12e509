// Cross-layer equalisation: the weights that make a channel and those that read it get the same range.
//
// Nagel et al., Data-Free Quantization Through Weight Equalization and Bias Correction, 2019, section 4.1. With r1 the
// largest weight of the channel's makers and r2 that of its readers, the makers are divided by s = sqrt(r1 / r2) and
// the readers multiplied: both become sqrt(r1 * r2). Repeated until no factor changes by more than a thousandth, as a
// channel's reader makes the next one.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"
#include "quantize/calibration_source.h"

namespace lockstep::quantize {

// Channels with the same makers and readers.
struct EqualizedPair {
  std::string makers;
  std::string readers;
  size_t channels = 0;
  double least_factor = 1.0;
  double largest_factor = 1.0;
};

struct EqualizationResult {
  std::vector<EqualizedPair> pairs;  // that were changed
  size_t channels = 0;               // that can be scaled, changed or not
  int rounds = 0;
  std::string obstacles;  // ScalableChannels::ObstacleText
  // Of every group of channels behind any function, for EqualizeBy; empty if they follow from the network alone.
  std::vector<double> factors;
};

// Rewrites weights and biases; what the network computes stays the same up to float rounding. No pairs: nothing could
// be changed, or all channels have one range already.
EqualizationResult Equalize(graph::Graph& graph);

// Also through Clip, SiLU and other functions, as far as LimitFactors allows.
EqualizationResult Equalize(graph::Graph& graph, CalibrationSource& source, int threads);

// With the factors that it found before, from the calibration file `source`, which errors name.
void EqualizeBy(graph::Graph& graph, const std::vector<double>& factors, const std::string& source);

}  // namespace lockstep::quantize
