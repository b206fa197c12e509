// The integer weights of a layer, whatever their packing.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/reference/layer_run.h"

namespace lockstep::engine {

// In the order (oc, ky, kx, ic of the group), of an integer layer whose second input is `run.inputs[1]` with its data.
std::vector<int32_t> ConvWeights(const LayerRun& run);
std::vector<int32_t> DepthwiseConvWeights(const LayerRun& run);
std::vector<int32_t> ConvTransposeWeights(const LayerRun& run);

}  // namespace lockstep::engine
