// The emitters for nodes that are computed in floats: contract f1. What only moves elements has one emitter for both.
#pragma once

#include "lower/lower_context.h"

namespace lockstep::lower {

void EmitFloatAdd(LowerContext& context);
void EmitFloatAveragePool(LowerContext& context);
void EmitFloatConcat(LowerContext& context);
void EmitFloatConv(LowerContext& context);
void EmitFloatFunction(LowerContext& context);
void EmitFloatMul(LowerContext& context);
void EmitFloatSoftmax(LowerContext& context);
void EmitFloatSub(LowerContext& context);

}  // namespace lockstep::lower
