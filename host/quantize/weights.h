// The fifth stage: integer weights and bias of one operand.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "quantize/weight_scale.h"

namespace lockstep::quantize {

// Weights with a row for each output channel. Pointers are not owned.
struct WeightRows {
  std::string node;  // for notes
  const float* values = nullptr;
  size_t channels = 0;          // output channels
  size_t per_channel = 0;       // weights of one output channel
  const float* bias = nullptr;  // `channels` values or null
  // One for each output channel, or one for all: of what it reads, and of what its accumulator is requantised to.
  std::vector<double> input_scales{1.0};
  std::vector<double> output_scales{1.0};
  int bits = 8;  // of the weights, 2 to 16
  int input_bits = 8;
  bool per_tensor = false;  // one scale for all channels
  // Of the weights, one for each output channel or one for all, where they are given and not to be chosen.
  std::vector<double> given_scales;
  // Mean of the input element that each weight of an output channel meets, `per_channel` values for each of the
  // `channels`; empty: no correction. With it the bias makes up for what rounding the weights adds on the average:
  // sum((w - quantised w) * mean).
  std::vector<double> input_means;

  double input_scale(size_t channel) const { return input_scales[input_scales.size() == 1 ? 0 : channel]; }
  double given_scale(size_t channel) const { return given_scales[given_scales.size() == 1 ? 0 : channel]; }
  double output_scale(size_t channel) const { return output_scales[output_scales.size() == 1 ? 0 : channel]; }
};

struct QuantizedRows {
  std::vector<int16_t> values;  // as the rows
  std::vector<double> scales;   // by channel: real = scale * value
  std::vector<int64_t> bias;    // in units of the input's scale * scale
};

// The largest bias, in its units: what accumulators are proven for.
double BiasLimit(int weight_bits, int input_bits);

// values: round(w / scale) half away from zero, within what the bits allow (HighestWeight); bias: round(bias /
// (the input's scale * scale)).
// - A channel without weights (all zero) gets a scale that leaves its bias 1/1024 of an output step.
// - A channel whose bias would pass 2^30 (2^46 where weights or inputs have more than 8 bits), or whose scale would be
// below 2^-30 output steps, gets a larger weight scale
//   and a line in `notes`.
QuantizedRows QuantizeWeights(const WeightRows& rows, WeightRangeKind kind, int threads,
                              std::vector<std::string>& notes);

}  // namespace lockstep::quantize
