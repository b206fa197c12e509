// Levels that the network itself gives, see graph/given_quantization.h.
#pragma once

#include <cstddef>

#include "graph/given_quantization.h"
#include "graph/graph.h"
#include "quantize/activation_params.h"
#include "quantize/widths.h"

namespace lockstep::quantize {

// Gives them to tensors of 8 bits; inputs that have parameters already, as pictures do, keep theirs. Returns how many
// tensors have what was given.
size_t FixGivenLevels(const graph::GivenQuantization& given, const graph::Graph& graph, const Widths& widths,
                      ActivationParams& params);

}  // namespace lockstep::quantize
