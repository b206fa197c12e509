// The last stage for activations: the format of every tensor that a layer reads or writes.
#pragma once

#include "quantize/activation_params.h"
#include "quantize/channel_scales.h"
#include "quantize/policy.h"
#include "quantize/quantized_graph.h"

namespace lockstep::quantize {

// Fills `formats` and `reads` of `result`, whose graph and preprocessing are there. `channels`: in place of a tensor's
// scale one for each channel.
void StateFormats(const ActivationParams& params, const ChannelScales& channels, const FloatNodes& floats,
                  QuantizedGraph& result);

}  // namespace lockstep::quantize
