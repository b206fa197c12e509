// Levels that the network itself gives, see graph/given_quantization.h.
#pragma once

#include <string>

#include "graph/given_quantization.h"
#include "graph/graph.h"
#include "quantize/activation_params.h"
#include "quantize/widths.h"

namespace lockstep::quantize {

// Gives them to tensors of the same bits; inputs that have parameters already, as pictures do, keep theirs.
void FixGivenLevels(const graph::GivenQuantization& given, const graph::Graph& graph, const Widths& widths,
                    ActivationParams& params);

// Are the parameters of the tensor those that the network gives?
bool IsAsGiven(const graph::GivenQuantization& given, const graph::Graph& graph, graph::TensorId id,
               const AffineParams& params);

// How many tensors have what was given, and what keeps those of 16 bits from it.
std::string GivenNote(const graph::GivenQuantization& given, const graph::Graph& graph, const Widths& widths,
                      const ActivationParams& params);

}  // namespace lockstep::quantize
