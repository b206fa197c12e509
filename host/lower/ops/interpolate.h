// A Resize that computes, linear or cubic.
#pragma once

#include "lower/lower_context.h"

namespace lockstep::lower {

void EmitInterpolate(LowerContext& context);
void EmitFloatInterpolate(LowerContext& context);

}  // namespace lockstep::lower
