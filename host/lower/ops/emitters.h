// The emitters: real parameters of an ONNX operator to the integers of layers. One file each, and a row in
// emitter_table.cpp.
#pragma once

#include "lower/lower_context.h"

namespace lockstep::lower {

void EmitAdd(LowerContext& context);
void EmitAveragePool(LowerContext& context);
void EmitConcat(LowerContext& context);
void EmitConv(LowerContext& context);
void EmitFunction(LowerContext& context);  // of one element: Sigmoid, Clip, ...
void EmitMaxPool(LowerContext& context);
void EmitMul(LowerContext& context);
void EmitResize(LowerContext& context);
void EmitSlice(LowerContext& context);
void EmitSoftmax(LowerContext& context);
void EmitSplit(LowerContext& context);
void EmitSub(LowerContext& context);
void EmitView(LowerContext& context);  // Reshape, Transpose and their kin

}  // namespace lockstep::lower
