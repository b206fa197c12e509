// The fifth stage: integer weights and bias of every convolution.
#pragma once

#include <string>
#include <vector>

#include "quantize/quantized_graph.h"

namespace lockstep::quantize {

enum class WeightRangeKind {
  kMax,  // the largest weight of a channel becomes 127
  kMse,  // the scale of least squared error, by search: small channels that are multiples of something become exact
};

// "max", "mse"; UsageError listing them otherwise.
WeightRangeKind ParseWeightRangeKind(const std::string& text);
const char* ToText(WeightRangeKind kind);

// The float side of one convolution. Pointers are not owned.
struct ConvWeights {
  std::string node;  // for notes
  const float* values = nullptr;
  size_t channels = 0;          // output channels
  size_t per_channel = 0;       // weights of one output channel
  const float* bias = nullptr;  // `channels` values or null
  double input_scale = 1.0;
  double output_scale = 1.0;  // of what the accumulator is requantised to
  // Mean of the input element that each weight of an output channel meets, `per_channel` values for each of the
  // `channels`; empty: no correction. With it the bias makes up for what rounding the weights adds on the average:
  // sum((w - quantised w) * mean).
  std::vector<double> input_means;
};

// values: round(w / scale) half away from zero, within -127..127; bias: round(bias / (input_scale * scale)).
// - A channel without weights (all zero) gets a scale that leaves its bias 1/1024 of an output step.
// - A channel whose bias would pass 2^30, or whose scale would be below 2^-30 output steps, gets a larger weight scale
//   and a line in `notes`.
QuantizedWeights QuantizeWeights(const ConvWeights& conv, WeightRangeKind kind, int threads,
                                 std::vector<std::string>& notes);

}  // namespace lockstep::quantize
