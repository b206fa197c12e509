// What memory the tensors of a model need, and from which layer to which.
#pragma once

#include <vector>

#include "joint_generated.h"
#include "lower/memory_plan.h"
#include "lower/row_groups.h"
#include "lower/views.h"

namespace lockstep::lower {

// The buffers of a model and which of them each tensor lies in (-1: none, a constant or between two layers of a chain).
struct BufferMap {
  std::vector<Buffer> buffers;
  std::vector<int> of_tensor;
};

// Layers of a chain run at one moment, that of its first.
BufferMap CollectBuffers(const joint::ModelT& model, const Views& views, const std::vector<RowChain>& chains = {});

}  // namespace lockstep::lower
