// The last stage for activations: the format of every tensor that a layer reads or writes.
#pragma once

#include "quantize/activation_params.h"
#include "quantize/policy.h"
#include "quantize/quantized_graph.h"

namespace lockstep::quantize {

// Fills `formats` and `reads` of `result`, whose graph and preprocessing are there.
void StateFormats(const ActivationParams& params, const FloatNodes& floats, QuantizedGraph& result);

}  // namespace lockstep::quantize
