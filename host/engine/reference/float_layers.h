// The float forms of the operators in layers.h, which call them for layers with an F32 output: contract f1 of
// docs/arithmetic.md. Quantize and Unary have no other form.
#pragma once

#include "engine/reference/layer_run.h"

namespace lockstep::engine {

// Whether the layer has a float form to be run.
bool HasFloatOutput(const LayerRun& run);

bool FitsFloatConv(const LayerRun& run);
void RunFloatConv(const LayerRun& run);

bool FitsFloatDepthwiseConv(const LayerRun& run);
void RunFloatDepthwiseConv(const LayerRun& run);

bool FitsFloatConvTranspose(const LayerRun& run);
void RunFloatConvTranspose(const LayerRun& run);

bool FitsFloatMaxPool(const LayerRun& run);
void RunFloatMaxPool(const LayerRun& run);

bool FitsFloatAveragePool(const LayerRun& run);
void RunFloatAveragePool(const LayerRun& run);

bool FitsFloatBinary(const LayerRun& run);
void RunFloatAdd(const LayerRun& run);
void RunFloatMul(const LayerRun& run);

bool FitsFloatSoftmax(const LayerRun& run);
void RunFloatSoftmax(const LayerRun& run);

}  // namespace lockstep::engine
