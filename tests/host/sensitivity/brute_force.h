// What a measurement of sensitivities must give, found the slow way.
#pragma once

#include <vector>

#include "engine/float/float_engine.h"
#include "quantize/calibration_source.h"
#include "quantize/quantized_graph.h"
#include "sensitivity/sensitivity.h"

namespace lockstep::sensitivity {

// The network in which `node` alone is rounded: it has the weights that its integers stand for, and operators of
// arithmetic round what is in front of its function and what it gives.
graph::Graph WithNodeRounded(const quantize::QuantizedGraph& quantized, const graph::Node& node);

// For each node such a network, run as a whole on every picture. Of Part::kNode.
std::vector<Trial> MeasureByBruteForce(const quantize::QuantizedGraph& quantized,
                                       const std::vector<quantize::CalibrationInput>& pictures, int threads = 1);

}  // namespace lockstep::sensitivity
