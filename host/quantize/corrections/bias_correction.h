// Bias correction: the mean error that quantisation adds to each output channel is taken from its bias.
//
// Nagel et al., Data-Free Quantization Through Weight Equalization and Bias Correction, 2019, section 4.2 and appendix
// D (with data). With W the weights, Q their integers' values, x the float network's input of a layer and y what the
// integer network has there, the mean of the layer's error is Q E[y] - W E[x] = (Q - W) E[x] + Q E[y - x]. The first
// part, of the weights, follows from the channel means that the calibration saw (WeightRows::input_means); the second,
// of the features, from running the integer network.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "quantize/quantized_graph.h"

namespace lockstep::quantize {

enum class BiasCorrection : uint8_t { kNone, kWeights, kFeatures, kBoth };

inline bool CorrectsWeights(BiasCorrection kind) {
  return kind == BiasCorrection::kWeights || kind == BiasCorrection::kBoth;
}
inline bool CorrectsFeatures(BiasCorrection kind) {
  return kind == BiasCorrection::kFeatures || kind == BiasCorrection::kBoth;
}

struct BiasShift {
  std::string node;
  double largest = 0.0;            // of all channels, as a share of the largest value that the node's output can hold
  std::vector<double> by_channel;  // what was taken from the bias, in reals
};

// Takes Q E[y - x] from the biases. `input_errors`: E[y - x] by tensor, for each channel (second axis); nodes whose
// input has none are left as they are. One entry for each node that changed, in their order.
std::vector<BiasShift> ShiftBiases(QuantizedGraph& quantized,
                                   const std::map<graph::TensorId, std::vector<double>>& input_errors);

// The same again: takes `shifts`, by node and channel, from the biases. Nodes that have no integer weights any more are
// left as they are. Throws UsageError, beginning with `source`, for another number of channels than the node has.
void ShiftBiasesBy(QuantizedGraph& quantized, const std::map<std::string, std::vector<double>>& shifts,
                   const std::string& source);

}  // namespace lockstep::quantize
