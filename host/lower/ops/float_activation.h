// The function of a node in floats: a Unary layer behind the node's own.
#pragma once

#include "lower/lower_context.h"

namespace lockstep::lower {

// What the node's own layer writes: the output, or the value before the activation fused into it.
Value AddFloatResult(LowerContext& context);

// Makes `result` the node's output, through its activation if it has one.
void FinishFloat(LowerContext& context, const Value& result);

// A layer for `function` from `x` to the node's output.
Value ApplyFloatFunction(LowerContext& context, const graph::Activation& function, const Value& x, const char* suffix);

}  // namespace lockstep::lower
