// Inputs and the digest of what every layer must make of them, so that a board can be tested alone.
#pragma once

#include "joint_generated.h"
#include "lower/lower.h"

namespace lockstep::lower {

// Appends the test vectors that `options` asks for, by running the reference engine on the model.
void AddTestVectors(joint::ModelT& model, const LowerOptions& options);

}  // namespace lockstep::lower
