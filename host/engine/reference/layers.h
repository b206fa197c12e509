// The operators of the joint model, straight from docs/arithmetic.md: for each of the schema's, FitsX and RunX. FitsX
// is what the loops of RunX take for granted, indices and lengths above all; it looks at no data. Each pair has a file.
#pragma once

#include "engine/reference/layer_run.h"
#include "joint_operators.h"

namespace lockstep::engine {

#define LOCKSTEP_DECLARE(name)          \
  bool Fits##name(const LayerRun& run); \
  void Run##name(const LayerRun& run);
LOCKSTEP_JOINT_OPERATORS(LOCKSTEP_DECLARE)
#undef LOCKSTEP_DECLARE

}  // namespace lockstep::engine
