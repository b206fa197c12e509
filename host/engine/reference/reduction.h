// Axes of the input that vanish: ReduceMean and ReduceMax.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/reference/layer_run.h"

namespace lockstep::engine {

using ReducedAxes = flatbuffers::Vector<uint8_t>;

// Whether the output has an element for each that is left of the input.
bool FitsReduction(const LayerRun& run, const ReducedAxes& axes);

// For every element of x the output element that it goes to.
std::vector<size_t> ReductionTargets(const LayerRun& run, const ReducedAxes& axes);

}  // namespace lockstep::engine
