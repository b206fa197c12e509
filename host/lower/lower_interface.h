// Where a network meets its user: input bytes into the first tensor, the last ones into floats (positions stay
// integers) in ONNX order.
#pragma once

#include "lower/lower_context.h"

namespace lockstep::lower {

// Appends to the model's inputs; the tensor lies in the order of `axes`.
void LowerInput(LoweringState& state, const Axes& axes, graph::TensorId id);

// Appends to the model's outputs.
void LowerOutput(LoweringState& state, graph::TensorId id);

}  // namespace lockstep::lower
