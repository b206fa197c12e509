// The operators of the joint model, straight from docs/arithmetic.md. FitsX is what the loops of RunX take for granted,
// indices and lengths above all; it looks at no data. Each pair has a file and a row in layer_table.cpp.
#pragma once

#include "engine/reference/layer_run.h"

namespace lockstep::engine {

bool FitsConv(const LayerRun& run);
void RunConv(const LayerRun& run);

bool FitsDepthwiseConv(const LayerRun& run);
void RunDepthwiseConv(const LayerRun& run);

bool FitsMaxPool(const LayerRun& run);
void RunMaxPool(const LayerRun& run);

bool FitsAdd(const LayerRun& run);
void RunAdd(const LayerRun& run);

bool FitsMul(const LayerRun& run);
void RunMul(const LayerRun& run);

bool FitsConcat(const LayerRun& run);
void RunConcat(const LayerRun& run);

bool FitsSlice(const LayerRun& run);
void RunSlice(const LayerRun& run);

bool FitsReshape(const LayerRun& run);
void RunReshape(const LayerRun& run);

bool FitsTranspose(const LayerRun& run);
void RunTranspose(const LayerRun& run);

bool FitsResize(const LayerRun& run);
void RunResize(const LayerRun& run);

bool FitsSoftmax(const LayerRun& run);
void RunSoftmax(const LayerRun& run);

bool FitsLookup(const LayerRun& run);
void RunLookup(const LayerRun& run);

bool FitsChannelLookup(const LayerRun& run);
void RunChannelLookup(const LayerRun& run);

bool FitsRescale(const LayerRun& run);
void RunRescale(const LayerRun& run);

bool FitsDequantize(const LayerRun& run);
void RunDequantize(const LayerRun& run);

bool FitsAveragePool(const LayerRun& run);
void RunAveragePool(const LayerRun& run);

bool FitsQuantize(const LayerRun& run);
void RunQuantize(const LayerRun& run);

bool FitsUnary(const LayerRun& run);
void RunUnary(const LayerRun& run);

bool FitsConvTranspose(const LayerRun& run);
void RunConvTranspose(const LayerRun& run);

}  // namespace lockstep::engine
