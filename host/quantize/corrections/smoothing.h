// SmoothQuant: what makes one channel of a tensor far larger than the others goes into the weights that read it.
//
// Xiao et al., SmoothQuant: Accurate and Efficient Post-Training Quantization for Large Language Models, 2022. A
// channel that reaches a, read by weights up to w, is divided by s = a^alpha / w^(1 - alpha) where it is made (in a
// LayerNormalization's or a convolution's weights), and its readers' weights are multiplied. alpha 1 makes all channels
// of the tensor alike, 0 all weights.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "quantize/calibration_source.h"
#include "quantize/policy.h"

namespace lockstep::quantize {

// Tensors whose channels are read together.
struct SmoothedPart {
  std::string makers;
  std::string readers;
  size_t channels = 0;
  double alpha = 0.0;
  double error_ratio = 1.0;  // expected error energy of rounding inputs and weights, after by before
  double least_factor = 1.0;
  double largest_factor = 1.0;
};

struct SmoothingResult {
  std::vector<SmoothedPart> parts;  // that were changed
  size_t left = 0;                  // where no alpha would lessen the expected error
  std::string obstacles;            // ScalableChannels::ObstacleText
  std::vector<double> factors;      // of every group of channels that can be scaled, for SmoothBy
};

// Rewrites weights and biases; what the network computes stays the same up to float rounding. Without `alpha` each part
// gets that with the least expected error: uniform roundings, the range of a tensor and of each output channel's
// weights up to the largest value, in the bits that the policy gives the reader. The pictures are all that `source`
// delivers; none are taken if no channel can be scaled.
SmoothingResult Smooth(graph::Graph& graph, const Policy& policy, std::optional<double> alpha,
                       CalibrationSource& source, int threads);

// What Smooth did of the same network, again. Throws UsageError, beginning with `source`, for another number of factors
// or one that is not above 0.
void SmoothBy(graph::Graph& graph, const std::vector<double>& factors, const std::string& source);

}  // namespace lockstep::quantize
