// What the reference engine does for each operator of the joint model.
#pragma once

#include "engine/reference/layer_run.h"
#include "joint_generated.h"

namespace lockstep::engine {

struct LayerOperator {
  joint::Options type;
  bool (*fits)(const LayerRun& run);
  void (*run)(const LayerRun& run);
};

// `type` is an operator of the schema, not NONE.
const LayerOperator& OperatorOf(joint::Options type);

}  // namespace lockstep::engine
