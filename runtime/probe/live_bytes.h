// How much of the arena is in use while a model runs.
#pragma once

#include <cstdint>

#include "base/list.h"
#include "lockstep/runtime.h"

namespace lockstep {

// By layer, the bytes of the tensors that are alive while it runs; one more entry has what is alive behind the last
// layer: the outputs. What lies within another's memory does not count.
Status LiveBytes(const Model& model, List<uint64_t>* live);

}  // namespace lockstep
