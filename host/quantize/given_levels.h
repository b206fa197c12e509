// Levels that the network itself gives, see graph/given_quantization.h.
#pragma once

#include "graph/given_quantization.h"
#include "graph/graph.h"
#include "quantize/activation_params.h"
#include "quantize/widths.h"

namespace lockstep::quantize {

// Makes them fixed: of tensors of 8 bits that are not fixed already, as pictures are.
void FixGivenLevels(const graph::GivenQuantization& given, const graph::Graph& graph, const Widths& widths,
                    ActivationParams& fixed);

}  // namespace lockstep::quantize
