// Adaptive rounding: a weight is rounded so that its error and those of its neighbours cancel in the layer's output.
//
// The objective is that of Nagel et al., Up or Down? Adaptive Rounding for Post-Training Quantization, 2020, and of
// Frantar et al., GPTQ, 2022: with e the errors of an output channel's weights and H the second moments of its inputs,
// e^T H e is the mean square of the output's error. It is lessened one weight at a time, each step in closed form,
// until none lessens it (Behdin et al., QuantEase, 2023); it starts from the nearest integers and is never worse than
// these.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "quantize/corrections/input_moments.h"
#include "quantize/quantized_graph.h"

namespace lockstep::quantize {

// Changes `levels`, the nearest integers of weights / scale within +-highest, where that lessens e^T H e; `objective`
// is H, [count][count], symmetric.
struct RoundingError {
  double nearest = 0.0;  // e^T H e with the integers that were there
  double adapted = 0.0;
};
RoundingError AdaptRounding(const float* weights, size_t count, double scale, int32_t highest,
                            const std::vector<float>& objective, int16_t* levels);

struct RoundedLayer {
  std::string node;
  RoundingError error;  // summed over its output channels
  size_t changed = 0;   // weights
};

// Every convolution that has moments gets other integers, within the scales and bits that it has. Where `channel_means`
// has an entry for its input, the bias makes up for the mean of the errors (WeightRows::input_means), and H is that of
// the deviations from the mean. A hundredth of the mean of H's diagonal is added there. The same for any number of
// threads.
std::vector<RoundedLayer> RoundAdaptively(QuantizedGraph& quantized, const InputMoments& moments,
                                          const std::map<graph::TensorId, std::vector<double>>& channel_means,
                                          int threads);

}  // namespace lockstep::quantize
