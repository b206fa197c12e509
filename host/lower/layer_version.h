// The version of an operator that a layer needs (Layer.version in the schema).
#pragma once

#include <cstdint>

#include "joint_generated.h"

namespace lockstep::lower {

// The lowest that says what the layer means; its inputs and outputs are tensors of the model.
uint32_t LowestVersion(const joint::ModelT& model, const joint::LayerT& layer);

}  // namespace lockstep::lower
