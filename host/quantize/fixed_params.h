// Parameters that follow from the operator or the picture and need no calibration.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "quantize/quantized_graph.h"
#include "quantize/widths.h"

namespace lockstep::quantize {

// - A picture input: if mean and standard deviation are the same for all channels, a level is a grey level: scale
// 1/std,
//   zero point the mean rounded. Otherwise the levels span what any channel can be, and lowering adds a table per
//   channel.
// - An input of bytes that is no picture likewise; signed bytes: scale 1, zero point 128.
// - Softmax: a power of two as scale, zero point 0, as docs/arithmetic.md demands: 1/256 (1/65536 in 16 bits), or where
//   the largest value seen leaves levels without use, less; it may become kSoftmaxHeadroom times as large.
// - Sigmoid and HardSigmoid, fused or not: levels from 0 to 1 exactly, scale 1/255: a certain detection stays certain.
std::map<graph::TensorId, AffineParams> FixedParams(const graph::Graph& graph, const Widths& widths,
                                                    const std::map<std::string, InputPreprocess>& preprocess,
                                                    const FloatNodes& floats = {},
                                                    const std::map<graph::TensorId, double>& largest_seen = {});

inline constexpr double kSoftmaxHeadroom = 4.0;

// A constant operand: a power of two as scale if that represents every value exactly, else levels over its range.
AffineParams ConstantParams(const std::vector<float>& values, int bits);

}  // namespace lockstep::quantize
